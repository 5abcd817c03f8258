import HTTPTypes
import Hummingbird

/// `/echo`, by any method and with any body: the request as it arrived, as JSON.
struct EchoRoute {
    func add(to router: Router<DemoContext>) {
        let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete, .options]
        for method in methods {
            router.on("echo", method: method) { request, _ in
                var digest = SHA256Digest()
                var count = 0
                for try await buffer in request.body {
                    digest.update(buffer.readableBytesUInt8Span)
                    count += buffer.readableBytes
                }
                return Response.json(
                    RequestDescription.json(
                        request,
                        bodyBytes: count,
                        bodySHA256: SHA256Digest.hex(digest.finish())
                    ),
                    headers: [.cacheControl: "no-store"]
                )
            }
        }
    }
}
