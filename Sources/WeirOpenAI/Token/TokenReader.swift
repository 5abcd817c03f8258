import NIOCore
package import WeirHTTP

/// Reads the token of a request: a JWT (RFC 7519) in its compact form, signed (RFC 7515 §3.1).
///
///     header . payload . signature        each in ``Base64URL``
///     └──── what is signed ───┘
package enum TokenReader {
    /// - Parameter now: seconds since 1970.
    /// - Returns: nil where there is no token.
    package static func claims(
        in fields: FieldSection,
        settings: TokenSettings,
        now: Int64
    ) throws(TokenError) -> TokenClaims? {
        let values = fields.values(named: settings.header)
        guard values.count <= 1 else { throw .repeated }
        guard let value = values.first, let token = token(in: value, of: settings) else { return nil }
        return try claims(of: token, settings: settings, now: now)
    }

    /// Without its scheme (RFC 6750 §2.1), which `Authorization` always has: another one's credentials are no token.
    private static func token(in value: ByteBufferView, of settings: TokenSettings) -> ByteBufferView? {
        let scheme = value.prefix { $0 != ASCII.space }
        if ASCII.equalIgnoringCase("bearer".utf8, scheme), scheme.count < value.count {
            return value[scheme.endIndex...].drop { $0 == ASCII.space }
        }
        let isNamedSo = ASCII.equalIgnoringCase("authorization".utf8, settings.header.utf8)
        return isNamedSo || value.isEmpty ? nil : value
    }

    private static func claims(
        of token: ByteBufferView,
        settings: TokenSettings,
        now: Int64
    ) throws(TokenError) -> TokenClaims {
        let parts = token.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        let signed = Array(token[parts[0].startIndex..<parts[1].endIndex])
        try verify(signature, of: signed, header: header, keys: settings.keys)
        let claims = try TokenClaims(payload)
        try claims.check(settings, now: now)
        return claims
    }

    private static func verify(
        _ signature: [UInt8],
        of signed: [UInt8],
        header: [UInt8],
        keys: [TokenKey]
    ) throws(TokenError) {
        guard let document = try? JSONDocument(ByteBuffer(bytes: header)),
            document.kind(JSONDocument.root) == .object, CanonicalWriter.write(document) != nil,
            let algorithm = document.string("alg", of: JSONDocument.root)
        else { throw .malformed }
        if document.member("crit", of: JSONDocument.root) != nil { throw .extensions }
        if keys.isEmpty { return }
        // The key says how; what the token says must be the same, so that no public key is ever taken for a secret.
        let fitting = keys.filter { $0.algorithm.rawValue == algorithm }
        guard !fitting.isEmpty else { throw .algorithm }
        guard fitting.contains(where: { $0.verifies(signature, of: signed) }) else { throw .signature }
    }
}
