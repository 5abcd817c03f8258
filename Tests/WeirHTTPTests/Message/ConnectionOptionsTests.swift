import Testing
import WeirHTTP

@Suite("Connection options")
struct ConnectionOptionsTests {
    private func named(_ value: String, _ name: String) -> Bool {
        let fields: FieldSection = ["Connection": value, name: "x"]
        guard let line = fields.lines.last else { return false }
        return ConnectionOptions(fields).names(line, of: fields)
    }

    @Test("Close, keep-alive and upgrade are seen in any case, in any line")
    func flags() {
        let options = ConnectionOptions(["Connection": "a, CLOSE", "connection": "Keep-Alive ,upgrade"])
        #expect(options.close && options.keepAlive && options.upgrade)
        let none = ConnectionOptions(["Connection": "closed, keep-alivee, up", "A": "close"])
        #expect(!none.close && !none.keepAlive && !none.upgrade)
    }

    @Test("A field that an option names ends here", arguments: ["X-Hop", "x-hop", "TE", "Keep-Alive", "Upgrade"])
    func naming(_ name: String) {
        #expect(named("close, x-HOP, te, upgrade, keep-alive", name))
        #expect(!named("close", name))
    }

    @Test(
        "A field that matters end to end cannot be named away",
        arguments: [
            "Host", "Content-Length", "Content-Type", "Authorization", "Cache-Control", "Cookie", "X-Forwarded-For",
            "X-Forwarded-Port", "x-forwarded-anything", "X-Real-IP", "X-User-Id", "X-Persona-Interests", "Via", "ETag",
            "Set-Cookie", "Vary", "Date", "X-Original-URL",
        ]
    )
    func protected(_ name: String) {
        #expect(!named(name, name))
        #expect(!named("close,\(name.lowercased())", name))
    }

    @Test("The hop's own fields are those of RFC 9110")
    func hopByHop() {
        let expected: Set<FieldName> = [
            .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade, .trailer, .http2Settings,
        ]
        #expect(Set(FieldName.allCases.filter { HopByHop.names.contains($0) }) == expected)
    }
}
