import FoundationEssentials
import Hummingbird

/// `/v1/images/…`: a picture of one pixel, whatever is asked for.
struct ImageRoutes {
    private static let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

    let calls: CallLog

    func add(to router: Router<DemoContext>) {
        for name in ["generations", "edits", "variations"] {
            router.post("v1/images/\(name)") { request, _ in
                let upload = try await Upload.read(request, calls)
                return Response.json([
                    "created": .integer(Int(Date().timeIntervalSince1970)),
                    "data": [["b64_json": .string(Self.pixel), "revised_prompt": .string(upload.sha256)]],
                    "usage": ["input_tokens": 10, "output_tokens": 100, "total_tokens": 110],
                ])
            }
        }
    }
}
