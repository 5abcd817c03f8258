import NIOCore
import WeirOpenAI
import WeirProxy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A route's `jwt:` while it is read.
struct TokenDraft: Sendable {
    var settings = TokenSettings()
    var isTrusted = false
}

extension Section<TokenDraft> {
    static let token = Section(keys: [
        Key(
            "header",
            .fieldName,
            \.settings.header,
            "The field that holds the token, with or without `Bearer` before it."
        ),
        .secrets,
        .publicKeys,
        Key(
            "trusted",
            .boolean,
            \.isTrusted,
            "In the place of keys: who stands before Weir has verified the token, and its signature is not looked at."
        ),
        Key("issuer", .claimText, optional: \.settings.issuer, fallback: "any", "What `iss` must be."),
        Key("audience", .claimText, optional: \.settings.audience, fallback: "any", "What `aud` must be, or hold."),
        Key(
            "leeway",
            .duration(atLeast: .nanoseconds(0)),
            \.settings.leeway,
            "How far the clocks of who signs and who verifies may be apart, for `exp` and `nbf`."
        ),
        Key(
            "required",
            .boolean,
            \.settings.isRequired,
            "Whether a request without a token gets a 401. One with a token that is not good always does."
        ),
        Key(
            "forward",
            .boolean,
            \.settings.isForwarded,
            "Whether the token goes on to the upstream. Where it does, each token has answers of its own (in `mode: http` those "
                + "that a shared cache may store of requests with `Authorization` are for all). Where it does not, it tells "
                + "no tenants apart: claims do, by `user`, `persona` and `context`."
        ),
    ])
}

extension Key<TokenDraft> {
    fileprivate static let secrets = Key(
        name: "secrets",
        outline: { _ in
            Outline(
                name: "secrets",
                type: "list of string",
                fallback: "none",
                summary: "Secrets of at least 32 bytes that tokens are signed with (HS256), of which any will do.",
                shape: .list
            )
        },
        read: { node, draft, reading in
            for item in reading.items(of: node) {
                if let secret = reading.value(of: item, .tokenSecret) { draft.settings.keys.append(.secret(secret)) }
            }
        }
    )

    fileprivate static let publicKeys = Key(
        name: "public_keys",
        outline: { _ in
            Outline(
                name: "public_keys",
                type: "list of file",
                fallback: "none",
                summary:
                    "PEM files of public keys, of which any will do: of RSA, with at least 2048 bits (RS256), or on the "
                    + "curve P-256 (ES256). They are read with the configuration.",
                shape: .list
            )
        },
        read: { node, draft, reading in
            for item in reading.items(of: node) {
                guard let file = reading.value(of: item, .file) else { continue }
                let path = FilePath.whole(file, besides: reading.file)
                guard let data = try? Data(contentsOf: URL(filePath: path)) else {
                    reading.report("cannot read the file \(Node.quote(path))", at: item.place)
                    continue
                }
                guard let key = PublicKey(pem: String(decoding: data, as: UTF8.self)) else {
                    reading.report(
                        "the file \(Node.quote(path)) holds no PEM public key of RSA (2048 bits or more) or P-256",
                        at: item.place
                    )
                    continue
                }
                draft.settings.keys.append(.publicKey(key))
            }
        }
    )
}

extension Key<RouteDraft> {
    static let token = Key(
        name: "jwt",
        outline: { _ in
            Outline(
                name: "jwt",
                type: "mapping",
                fallback: "",
                summary:
                    "A token (JWT) that requests bring, for its claims: see `claim` of `user` and `persona`. Who has no "
                    + "good one gets a 401.",
                shape: .section(Section.token.outlines(TokenDraft()), later: [])
            )
        },
        read: { node, draft, reading in
            var token = TokenDraft()
            let problems = reading.problems.count
            Section.token.read(node, into: &token, &reading)
            if token.isTrusted, !token.settings.keys.isEmpty {
                reading.report("'jwt' has keys to verify tokens with, and trusts them unverified too", at: node.place)
            }
            if !token.isTrusted, token.settings.keys.isEmpty, reading.problems.count == problems {
                reading.report(
                    "'jwt' needs 'secrets' or 'public_keys' to verify tokens with, or 'trusted: true' where that is done",
                    at: node.place
                )
            }
            draft.settings.token = token.settings
        }
    )
}

extension ValueType<TokenSecret> {
    fileprivate static let tokenSecret = ValueType(
        name: "string",
        measure: "at least 32 bytes",
        expected: "a secret of at least 32 bytes",
        isSecret: true,
        parse: { text throws(ValueError) in
            guard let secret = TokenSecret(text) else { throw .mismatch }
            return secret
        },
        format: { $0.description }
    )
}

extension ValueType<String> {
    fileprivate static let claimText = text(
        name: "string",
        expected: "the text of a claim",
        isValid: { !$0.isEmpty }
    )
}
