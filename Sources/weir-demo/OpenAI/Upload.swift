import Hummingbird

/// A request's body, of which only its size and digest are kept.
struct Upload {
    let count: Int
    /// In hexadecimal.
    let sha256: String

    /// Reads it to its end, and notes it for `/_demo/last`.
    static func read(_ request: Request, _ calls: CallLog) async throws -> Upload {
        var digest = SHA256Digest()
        var count = 0
        for try await buffer in request.body {
            digest.update(buffer.readableBytesUInt8Span)
            count += buffer.readableBytes
        }
        let upload = Upload(count: count, sha256: SHA256Digest.hex(digest.finish()))
        calls.recordLast(RequestDescription.json(request, bodyBytes: count, bodySHA256: upload.sha256))
        return upload
    }
}
