import NIOCore
import Testing
import WeirOpenAI
import WeirProxy
import WeirTesting

@testable import WeirConfig

/// A route's `jwt` and `context`.
@Suite struct TokenSectionTests {
    private static let curveKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEX/M7cGaNSuuhyOVFuWsrOn+L9N9v
        Hs0zmGXi609nS4GZE00lL+xmSay0hO5Vwhz5O8g+5zm3nI+Aine/fcCNXg==
        -----END PUBLIC KEY-----

        """
    private static let secret = "correct horse battery staple, and more"

    private static func read(_ route: String, in folder: TemporaryFolder) throws(ConfigurationErrors) -> RouteSettings?
    {
        try ConfigurationReader.read(
            """
            upstreams: {app: {url: "http://127.0.0.1:3000"}}
            routes: [{path: /, upstream: app, \(route)}]
            """,
            file: folder.path("proxy.conf"),
            environment: ["JWT_SECRET": secret]
        ).proxy.routes.first
    }

    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(curveKey, to: "key.pem")
        try folder.write("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", to: "damaged.pem")
        return folder
    }

    @Test("every key of a token goes to its setting")
    func settings() throws {
        let folder = try Self.folder()
        let route = try Self.read(
            """
            jwt: {header: X-Token, secrets: "${JWT_SECRET}", public_keys: [key.pem], issuer: i, audience: a, leeway: 2s,
                  required: false, forward: true}
            """,
            in: folder
        )
        let keys: [TokenKey] = [
            .secret(try #require(TokenSecret(Self.secret))), .publicKey(try #require(PublicKey(pem: Self.curveKey))),
        ]
        #expect(
            route?.token
                == TokenSettings(
                    header: "X-Token",
                    keys: keys,
                    issuer: "i",
                    audience: "a",
                    leeway: .seconds(2),
                    isRequired: false,
                    isForwarded: true
                )
        )
        #expect(try Self.read("jwt: {trusted: true}", in: folder)?.token == TokenSettings())
        #expect(try Self.read("methods: GET", in: folder)?.token == nil)
    }

    @Test("a key file that was changed is another key")
    func changedKey() throws {
        let folder = try Self.folder()
        let first = try Self.read("jwt: {public_keys: key.pem}", in: folder)
        #expect(try Self.read("jwt: {public_keys: key.pem}", in: folder) == first)
        try folder.write(Self.curveKey + "\n", to: "key.pem")
        #expect(try Self.read("jwt: {public_keys: key.pem}", in: folder) != first)
    }

    @Test(
        "what is wrong with a token is said where it stands, and no secret is shown",
        arguments: [
            (
                "jwt: {}",
                "'jwt' needs 'secrets' or 'public_keys' to verify tokens with, or 'trusted: true' where that is done"
            ),
            ("jwt: {trusted: false}", "'jwt' needs 'secrets' or 'public_keys'"),
            ("jwt: {secrets: tiny}", "expected a secret of at least 32 bytes"),
            ("jwt: {public_keys: none.pem}", "cannot read the file '"),
            ("jwt: {public_keys: damaged.pem}", "holds no PEM public key of RSA (2048 bits or more) or P-256"),
            (
                "jwt: {trusted: true, secrets: \"${JWT_SECRET}\"}",
                "'jwt' has keys to verify tokens with, and trusts them unverified too"
            ),
            ("jwt: {secret: x}", "unknown key 'secret'; did you mean 'secrets'?"),
            ("jwt: {trusted: true, leeway: -1s}", "expected a duration"),
        ]
    )
    func problems(text: String, expected: String) throws {
        let folder = try Self.folder()
        do throws(ConfigurationErrors) {
            _ = try Self.read(text, in: folder)
            Issue.record("no problem found")
        } catch {
            #expect(error.problems.count == 1)
            #expect("\(error)".contains(expected), "\(error)")
            #expect(!"\(error)".contains("tiny") && !"\(error)".contains(Self.secret))
        }
    }

    @Test("a context goes by its names' order, each with its places")
    func context() throws {
        let route = try Self.read(
            "cache: {mode: persona, context: {module: {body: /metadata/module}, course: {claim: c, header: X-Course}}}",
            in: try Self.folder()
        )
        #expect(
            route?.cache.context == [
                ContextSource(name: "course", source: ValueSource(claim: ["c"], header: "X-Course")),
                ContextSource(name: "module", source: ValueSource(body: ["metadata", "module"])),
            ]
        )
    }

    @Test(
        "what is wrong with a context is said",
        arguments: [
            ("mode: persona, context: {user: {header: X}}", "'user' is a name of Weir's own tags"),
            (
                "mode: persona, context: {\"a:b\": {header: X}}",
                "expected a name of letters, digits, '-' and '_', found 'a:b'"
            ),
            ("mode: persona, context: {a: {}}", "missing 'claim', 'header' or 'body'"),
            ("mode: persona, context: [a]", "expected a mapping of names to where they are found"),
            ("mode: http, context: {a: {header: X}}", "'context' goes with mode: persona alone"),
            ("mode: persona, context: {a: {heder: X}}", "unknown key 'heder'; did you mean 'header'?"),
        ]
    )
    func contextProblems(text: String, expected: String) throws {
        let folder = try Self.folder()
        do throws(ConfigurationErrors) {
            _ = try Self.read("cache: {\(text)}", in: folder)
            Issue.record("no problem found")
        } catch {
            #expect("\(error)".contains(expected), "\(error)")
        }
    }

    @Test(
        "a claim is a name, which may hold slashes, or a pointer",
        arguments: [
            ("sub", ["sub"]), ("https://a.example/level", ["https://a.example/level"]), ("/app/a~1b", ["app", "a/b"]),
        ]
    )
    func claim(text: String, expected: [String]) throws {
        let configuration = try Sample.read("user: {claim: \"\(text)\"}\n" + Sample.least)
        #expect(configuration.proxy.persona.user == ValueSource(claim: expected))
    }
}
