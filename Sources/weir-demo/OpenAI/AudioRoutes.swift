import Hummingbird
import NIOCore

/// `/v1/audio/…`: takes any recording and tells its size, and makes a sound that depends on the request alone.
struct AudioRoutes {
    /// Bytes of a sound, of every value.
    private static let soundBytes = 65_536
    private static let pieceBytes = 4096

    let calls: CallLog

    func add(to router: Router<DemoContext>) {
        for name in ["transcriptions", "translations"] {
            router.post("v1/audio/\(name)") { request, _ in
                let upload = try await Upload.read(request, calls)
                return Response.json([
                    "text": .string("You sent \(upload.count) bytes, \(upload.sha256)."),
                    "usage": ["type": "duration", "seconds": 1],
                ])
            }
        }
        router.post("v1/audio/speech") { request, _ in
            let upload = try await Upload.read(request, calls)
            let sound = Self.sound(upload.sha256)
            return Response(
                status: .ok,
                headers: [.contentType: "audio/mpeg"],
                body: ResponseBody { writer in
                    var rest = sound
                    while let piece = rest.readSlice(length: min(Self.pieceBytes, rest.readableBytes)),
                        piece.readableBytes > 0
                    {
                        try await writer.write(piece)
                    }
                    try await writer.finish(nil)
                }
            )
        }
    }

    /// The seed's digest and the digests of what comes of it, one after the other.
    private static func sound(_ seed: String) -> ByteBuffer {
        var sound = ByteBuffer()
        var block = 0
        while sound.readableBytes < soundBytes {
            sound.writeBytes(SHA256Digest.digest(of: "\(block) \(seed)".utf8))
            block += 1
        }
        return sound
    }
}
