import Hummingbird

/// `/v1/files`: takes any upload and tells its size; keeps none.
struct FileRoutes {
    let calls: CallLog

    func add(to router: Router<DemoContext>) {
        router.get("v1/files") { _, _ in Response.json(["object": "list", "data": [], "has_more": false]) }
        router.post("v1/files") { request, _ in
            let upload = try await Upload.read(request, calls)
            return Response.json([
                "id": .string("file-\(upload.sha256.prefix(24))"),
                "object": "file",
                "bytes": .integer(upload.count),
                "created_at": 1_735_689_600,
                "filename": "upload",
                "purpose": "user_data",
                "status": "processed",
            ])
        }
    }
}
