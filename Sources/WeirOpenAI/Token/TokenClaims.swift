import NIOCore

/// What a token says (RFC 7519 §4), each name once.
package struct TokenClaims: Sendable {
    let document: JSONDocument

    init(_ payload: [UInt8]) throws(TokenError) {
        guard let document = try? JSONDocument(ByteBuffer(bytes: payload)),
            document.kind(JSONDocument.root) == .object,
            // Readers differ on which of two claims of one name counts (RFC 7519 §4).
            CanonicalWriter.write(document) != nil
        else { throw .malformed }
        self.document = document
    }

    func check(_ settings: TokenSettings, now: Int64) throws(TokenError) {
        let leeway = Double(settings.leeway.nanoseconds) / 1e9
        if let end = try date("exp"), Double(now) >= end + leeway { throw .expired }
        if let begin = try date("nbf"), Double(now) < begin - leeway { throw .early }
        if let issuer = settings.issuer, !isText("iss", issuer) { throw .issuer }
        if let audience = settings.audience, !isText("aud", audience), !holds("aud", audience) { throw .audience }
    }

    /// Seconds since 1970, perhaps with a fraction (RFC 7519 §2).
    private func date(_ name: String) throws(TokenError) -> Double? {
        guard let member = document.member(name, of: JSONDocument.root) else { return nil }
        guard document.kind(member.value) == .number,
            let seconds = Double(String(buffer: document.slice(member.value)))
        else { throw .malformed }
        return seconds
    }

    private func isText(_ name: String, _ expected: String) -> Bool {
        document.value(name, of: JSONDocument.root).map { document.isString($0, expected) } ?? false
    }

    private func holds(_ name: String, _ expected: String) -> Bool {
        guard let list = document.value(name, of: JSONDocument.root) else { return false }
        return document.elements(list).contains { document.isString($0, expected) }
    }
}
