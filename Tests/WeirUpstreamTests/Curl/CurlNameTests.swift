import NIOCore
import NIOPosix
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// Names, through libcurl.
@Suite(.timeLimit(.minutes(1))) struct CurlNameTests {
    private nonisolated(nonsending) func withNamed(
        port: Int,
        dns: DNSSettings,
        _ body: nonisolated(nonsending) (CurlRig, ScriptedResolver) async throws -> Void
    ) async throws {
        let engine = CurlEngine()
        let resolver = ScriptedResolver()
        // RFC 6761 §6.4: libcurl itself cannot look it up.
        let url = UpstreamURL(scheme: .http, host: "app.invalid", port: port)
        let settings = UpstreamSettings(name: "test", url: url, dns: dns)
        let rig = CurlRig(
            engine: engine,
            transport: CurlTransport(settings: settings, engine: engine, resolver: resolver),
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            settings: settings
        )
        do {
            try await body(rig, resolver)
        } catch {
            await engine.shutdown()
            throw error
        }
        await engine.shutdown()
    }

    private static let answersOnce: ScriptedOrigin.Script = { connection in
        try await connection.expectRequest()
        try await connection.respond(fields: "Connection: close\r\n", body: "hello")
    }

    @Test("The addresses of a name are tried, and kept while looking it up fails")
    func kept() async throws {
        try await withScriptedOrigin(Self.answersOnce) { origin in
            try await withNamed(port: origin.port, dns: DNSSettings(ttl: .milliseconds(5))) { rig, resolver in
                // Nobody listens at the first: the origin has 127.0.0.1 alone.
                try await resolver.answer(["127.0.0.9", "127.0.0.1"], port: origin.port)
                for lookup in 2...4 {
                    let heard = try await rig.get("/")
                    #expect(heard.text == "hello")
                    try await resolver.answer(.failure(NameError("server failure")))
                    try await resolver.waitForLookups(count: lookup + 1)
                }
            }
        }
    }

    @Test("When the name has another address, new connections go there")
    func moves() async throws {
        try await withScriptedOrigin(Self.answersOnce) { origin in
            try await withNamed(port: origin.port, dns: DNSSettings(ttl: .milliseconds(5))) { rig, resolver in
                try await resolver.answer(["127.0.0.9"], port: origin.port)
                let before = try await rig.get("/")
                #expect(before.error?.isOfConnection == true)
                try await resolver.answer(["127.0.0.1"], port: origin.port)
                try await resolver.waitForLookups(count: 3)
                let after = try await rig.get("/")
                #expect(after.text == "hello")
            }
        }
    }
}
