import Hummingbird

/// `/v1/files`: takes any upload and tells its size; keeps none.
struct FileRoutes {
    func add(to router: Router<DemoContext>) {
        router.get("v1/files") { _, _ in Response.json(["object": "list", "data": [], "has_more": false]) }
        router.post("v1/files") { request, _ in
            var digest = SHA256Digest()
            var count = 0
            for try await buffer in request.body {
                digest.update(buffer.readableBytesUInt8Span)
                count += buffer.readableBytes
            }
            return Response.json([
                "id": .string("file-\(SHA256Digest.hex(digest.finish()).prefix(24))"),
                "object": "file",
                "bytes": .integer(count),
                "created_at": 1_735_689_600,
                "filename": "upload",
                "purpose": "user_data",
                "status": "processed",
            ])
        }
    }
}
