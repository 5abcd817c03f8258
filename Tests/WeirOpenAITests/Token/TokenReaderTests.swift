import NIOCore
import Testing
import WeirHTTP

@testable import WeirOpenAI

@Suite("Tokens")
struct TokenReaderTests {
    /// Between `nbf` and `exp` of the fixtures.
    private static let now: Int64 = 1_500_000_000

    private func read(
        _ token: String,
        keys: [TokenKey] = TokenFixtures.keys,
        now: Int64 = now,
        _ change: (inout TokenSettings) -> Void = { _ in }
    ) throws(TokenError) -> TokenClaims? {
        var settings = TokenSettings(keys: keys)
        change(&settings)
        return try TokenReader.claims(in: ["Authorization": "Bearer \(token)"], settings: settings, now: now)
    }

    /// A token whose signature nobody has made.
    private func unsigned(_ payload: String, header: String = #"{"alg":"RS256"}"#) -> String {
        "\(Self.base64(header)).\(Self.base64(payload)).AAAA"
    }

    private static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var digits = ""
        var bits = 0
        var count = 0
        for byte in text.utf8 {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 6 {
                count -= 6
                digits.append(alphabet[bits >> count & 63])
            }
            bits &= 1 << count - 1
        }
        if count > 0 { digits.append(alphabet[bits << (6 - count)]) }
        return digits
    }

    private func subject(_ claims: TokenClaims?) -> String? {
        claims.flatMap { $0.document.string("sub", of: JSONDocument.root) }
    }

    // MARK: Good ones

    @Test(
        "is verified by the key of its algorithm, whichever of the keys it is",
        arguments: [TokenFixtures.hs256, TokenFixtures.rs256, TokenFixtures.es256]
    )
    func verified(token: String) throws {
        #expect(TokenFixtures.keys.count == 3)
        #expect(subject(try read(token)) == "ann")
    }

    @Test(
        "is found where the field has it",
        arguments: [
            ("Authorization", "Bearer T", true), ("Authorization", "bearer   T", true), ("Authorization", "T", false),
            ("Authorization", "Basic T", false), ("Authorization", "Bearer", false), ("X-User-Token", "T", true),
            ("X-User-Token", "Bearer T", true), ("X-User-Token", "", false),
        ]
    )
    func field(name: String, value: String, isFound: Bool) throws {
        var fields = FieldSection()
        fields.append(named: name, value.replacing("T", with: TokenFixtures.hs256))
        let settings = TokenSettings(header: name, keys: TokenFixtures.keys)
        #expect((try TokenReader.claims(in: fields, settings: settings, now: Self.now) != nil) == isFound)
    }

    @Test("is not looked for in other fields")
    func elsewhere() throws {
        let fields: FieldSection = ["X-Token": TokenFixtures.hs256]
        #expect(try TokenReader.claims(in: fields, settings: TokenSettings(), now: Self.now) == nil)
    }

    // MARK: Forgeries

    @Test(
        "no change of a byte goes unnoticed",
        arguments: [TokenFixtures.hs256, TokenFixtures.rs256, TokenFixtures.es256]
    )
    func changed(token: String) {
        for index in token.indices where token[index] != "." {
            var changed = token
            changed.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(throws: TokenError.self, "\(changed)") { try read(changed) }
        }
    }

    @Test("a public key is not taken for a secret")
    func confusion() throws {
        let secret = try #require(TokenSecret(TokenFixtures.rsaKey))
        #expect(subject(try read(TokenFixtures.signedWithThePublicKey, keys: [.secret(secret)])) == "mallory")
        let key = try #require(PublicKey(pem: TokenFixtures.rsaKey))
        #expect(throws: TokenError.algorithm) {
            try read(TokenFixtures.signedWithThePublicKey, keys: [.publicKey(key)])
        }
        #expect(throws: TokenError.signature) { try read(TokenFixtures.signedWithThePublicKey) }
    }

    @Test(
        "is signed by an algorithm of the keys",
        arguments: [
            (#"{"alg":"none"}"#, TokenError.algorithm), (#"{"alg":"None"}"#, .algorithm),
            (#"{"alg":"hs256"}"#, .algorithm),
            (#"{"alg":"HS512"}"#, .algorithm), (#"{"alg":"PS256"}"#, .algorithm), (#"{}"#, .malformed),
            (#"{"alg":null}"#, .malformed), (#"{"alg":["HS256"]}"#, .malformed), (#"[]"#, .malformed),
            (#"{"alg":"none","alg":"HS256"}"#, .malformed), (#"{"alg":"HS256","crit":["exp"]}"#, .extensions),
            (#"{"alg":"HS256","crit":null}"#, .extensions), (#"{"alg":"HS256"}"#, .signature),
        ]
    )
    func algorithm(header: String, error: TokenError) {
        #expect(throws: error) { try read(unsigned("{}", header: header)) }
        #expect(throws: error) { try read(String(unsigned("{}", header: header).dropLast(4))) }
    }

    @Test(
        "is a JWT in its compact form",
        arguments: [
            "", ".", "..", "a.b.c", "eyJ9", TokenFixtures.hs256 + ".", TokenFixtures.hs256 + "=",
            TokenFixtures.hs256 + " ",
            " ." + TokenFixtures.hs256, TokenFixtures.hs256.replacing(".", with: ".."), TokenFixtures.hs256 + ".AAAA",
            TokenFixtures.rs256.replacing("_", with: "/"), TokenFixtures.rs256.replacing("-", with: "+"),
            TokenFixtures.hs256 + "é",
        ]
    )
    func malformed(token: String) {
        #expect(throws: TokenError.self) {
            guard try read(token) != nil else { throw TokenError.missing }
        }
    }

    @Test("two of them are none")
    func repeated() {
        var fields = FieldSection()
        fields.append(.authorization, "Bearer \(TokenFixtures.hs256)")
        fields.append(.authorization, "Bearer \(TokenFixtures.rs256)")
        #expect(throws: TokenError.repeated) {
            try TokenReader.claims(in: fields, settings: TokenSettings(keys: TokenFixtures.keys), now: Self.now)
        }
    }

    @Test("another key of the same kind verifies nothing")
    func otherKey() throws {
        let other = try #require(TokenSecret(TokenFixtures.secret + "."))
        #expect(throws: TokenError.signature) { try read(TokenFixtures.hs256, keys: [.secret(other)]) }
        let both = [.secret(other)] + TokenFixtures.keys
        #expect(subject(try read(TokenFixtures.hs256, keys: both)) == "ann")
    }

    // MARK: Claims

    @Test(
        "what it says of its time, issuer and audience holds, signed or trusted",
        arguments: [
            (#"{"exp":1499999941}"#, nil), (#"{"exp":1499999940}"#, TokenError.expired), (#"{"exp":1.4e9}"#, .expired),
            (#"{"exp":1500000000.5}"#, nil), (#"{"exp":"1600000000"}"#, .malformed), (#"{"exp":null}"#, .malformed),
            (#"{"exp":-1}"#, .expired), (#"{"exp":1e400}"#, nil), (#"{"nbf":1500000060}"#, nil),
            (#"{"nbf":1500000061}"#, .early), (#"{"nbf":true}"#, .malformed), (#"{"iss":"i","aud":"a"}"#, nil),
            (#"{}"#, nil), (#"[]"#, .malformed), (#""x""#, .malformed), (#"{"a":1,"a":1}"#, .malformed),
            (#"{"sub":{"x":1,"x":2}}"#, .malformed), ("{", .malformed), ("", .malformed),
        ]
    )
    func times(payload: String, error: TokenError?) {
        let token = unsigned(payload)
        guard let error else {
            #expect(throws: Never.self) { try read(token, keys: []) }
            return
        }
        #expect(throws: error) { try read(token, keys: []) }
    }

    @Test(
        "issuer and audience are the route's",
        arguments: [
            (#"{"iss":"i","aud":"a"}"#, nil), (#"{"iss":"i","aud":["b","a"]}"#, nil),
            (#"{"aud":"a"}"#, TokenError.issuer),
            (#"{"iss":"I","aud":"a"}"#, .issuer), (#"{"iss":["i"],"aud":"a"}"#, .issuer), (#"{"iss":"i"}"#, .audience),
            (#"{"iss":"i","aud":"ab"}"#, .audience), (#"{"iss":"i","aud":[]}"#, .audience),
            (#"{"iss":"i","aud":["b",["a"]]}"#, .audience), (#"{"iss":"i","aud":{"a":"a"}}"#, .audience),
        ]
    )
    func parties(payload: String, error: TokenError?) {
        func read() throws(TokenError) -> TokenClaims? {
            try self.read(unsigned(payload), keys: []) { settings in
                settings.issuer = "i"
                settings.audience = "a"
            }
        }
        guard let error else {
            #expect(throws: Never.self) { try read() }
            return
        }
        #expect(throws: error) { try read() }
    }

    // MARK: Keys

    @Test(
        "other keys are none",
        arguments: [
            TokenFixtures.weakKey, TokenFixtures.otherCurveKey, "",
            "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
        ]
    )
    func keys(pem: String) {
        #expect(PublicKey(pem: pem) == nil)
    }

    @Test("a secret has at least 32 bytes and does not show")
    func secrets() throws {
        #expect(TokenSecret(String(repeating: "a", count: 31)) == nil)
        let secret = try #require(TokenSecret(TokenFixtures.secret))
        #expect("\(TokenKey.secret(secret)) \(String(reflecting: secret))".contains("horse") == false)
    }
}
