import NIOCore
import WeirHTTP

/// Whether a 429 says that an account has run dry, which no waiting mends: `insufficient_quota` and its kin, as the
/// error's `type` or `code`.
enum SpentQuota {
    private static let words = [
        "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded",
    ]

    /// - Parameter body: as far as it was kept, in the coding that `fields` name.
    static func isNamed(in body: ByteBuffer, _ fields: FieldSection) -> Bool {
        var body = body
        if let coding = fields.first(.contentEncoding), !ASCII.equalIgnoringCase(coding, "identity".utf8) {
            guard ASCII.equalIgnoringCase(coding, "gzip".utf8),
                let plain = try? GzipDecoder(maximumOutput: HeldAnswer.limit).decode(body)
            else { return false }
            body = plain
        }
        let bytes = body.readableBytesView
        // A whole JSON string: within a longer one its quotes would have backslashes before them.
        return words.contains { contains(bytes, Array("\"\($0)\"".utf8)) }
    }

    private static func contains(_ bytes: ByteBufferView, _ word: [UInt8]) -> Bool {
        var rest = bytes[...]
        while let start = rest.firstIndex(of: word[0]) {
            rest = rest[start...]
            if rest.starts(with: word) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
