import NIOCore
import NIOPosix
import Testing
import WeirHTTP
import WeirTesting

@testable import WeirUpstream

/// A transport to a name, with a resolver in the test's hands.
@Suite(.timeLimit(.minutes(1))) struct DirectNameTests {
    /// Answers one request, so that the next needs a new connection.
    private static let answersOnce: ScriptedOrigin.Script = { connection in
        try await connection.expectRequest()
        try await connection.respond(fields: "Connection: close\r\n", body: "hello")
    }

    private struct Fixture {
        let resolver: ScriptedResolver
        let port: Int
        let transport: DirectTransport
        let eventLoop: any EventLoop

        func call(_ request: UpstreamRequest = .test()) async throws -> TestCall {
            let (transport, eventLoop) = (transport, eventLoop)
            return try await TestCall.start(on: eventLoop) { transport.start(request, on: eventLoop, handler: $0) }
        }

        func answer(_ addresses: String...) async throws { try await resolver.answer(addresses, port: port) }

        /// Waits until the answer before has been taken up: only then the name is asked for again.
        func waitForLookups(_ count: Int) async throws { try await resolver.waitForLookups(count: count) }
    }

    private nonisolated(nonsending) func withNamed(
        port: Int,
        ttl: TimeAmount = .milliseconds(5),
        keep: TimeAmount = .hours(1),
        _ body: nonisolated(nonsending) (Fixture) async throws -> Void
    ) async throws {
        let resolver = ScriptedResolver()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let settings = UpstreamSettings(
            name: "app",
            url: UpstreamURL(scheme: .http, host: "app.test", port: port),
            dns: DNSSettings(ttl: ttl, keep: keep)
        )
        let transport = DirectTransport(settings: settings, group: eventLoop, resolver: resolver)
        func shutdown() async {
            let task = Task { await transport.shutdown() }
            task.cancel()
            await task.value
        }
        do {
            try await body(Fixture(resolver: resolver, port: port, transport: transport, eventLoop: eventLoop))
        } catch {
            await shutdown()
            throw error
        }
        await shutdown()
    }

    @Test("The first call waits for the first lookup")
    func firstLookup() async throws {
        try await withScriptedOrigin(answersHello) { origin in
            try await withNamed(port: origin.port) { upstream in
                let call = try await upstream.call()
                #expect(!call.record.value.isOver)
                try await upstream.answer("127.0.0.1")
                let response = try await call.response()
                #expect(response.text == "hello")
            }
        }
    }

    @Test("A name that cannot be looked up is a failure to connect that says why")
    func failing() async throws {
        try await withNamed(port: 80) { upstream in
            try await upstream.resolver.answer(.failure(NameError("no such name")))
            let failure = try await upstream.call().error()
            #expect(failure == .connect("app.test: no such name"))
        }
    }

    @Test("A lookup that does not end is a connection that takes too long")
    func hanging() async throws {
        try await withNamed(port: 80) { upstream in
            let timeouts = UpstreamTimeouts(connect: .milliseconds(20))
            let failure = try await upstream.call(.test(timeouts: timeouts)).error()
            #expect(failure == .connectTimeout)
        }
    }

    @Test("The addresses of a name are tried one after the other")
    func several() async throws {
        try await withScriptedOrigin(Self.answersOnce) { origin in
            try await withNamed(port: origin.port) { upstream in
                // Nobody listens at the others: the origin has 127.0.0.1 alone.
                try await upstream.answer("127.0.0.9", "::1", "127.0.0.1", "127.0.0.8")
                for _ in 0..<4 {
                    let response = try await upstream.call().response()
                    #expect(response.text == "hello")
                }
            }
        }
    }

    @Test("Each connection begins with another address of the name")
    func spread() async throws {
        let resolver = ScriptedResolver()
        let watch = NameWatch(
            UpstreamURL(scheme: .http, host: "app.test"),
            settings: DNSSettings(),
            resolver: resolver
        )
        watch.start()
        try await resolver.answer(["127.0.0.1", "127.0.0.2", "127.0.0.3"], port: 80)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        var first: [String?] = []
        for _ in 0..<6 { first.append(try await watch.addresses(on: eventLoop).get().first?.ipAddress) }
        for last in 1...3 { #expect(first.filter { $0 == "127.0.0.\(last)" }.count == 2) }
        watch.stop()
    }

    @Test("When the name has another address, calls go there, and connections to the old one are closed")
    func moves() async throws {
        let isClosed = Gate()
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await connection.respond(body: "old")
            try await connection.expectEnd()
            isClosed.open()
        } _: { old in
            try await withListener(host: "127.0.0.2", port: old.port, body: "new") {
                try await withNamed(port: old.port) { upstream in
                    try await upstream.answer("127.0.0.1")
                    let before = try await upstream.call().response().text
                    #expect(before == "old")
                    #expect(upstream.transport.gauges.idle == 1)
                    try await upstream.answer("127.0.0.2")
                    try await upstream.waitForLookups(3)
                    let after = try await upstream.call().response().text
                    #expect(after == "new")
                    try await isClosed.wait()
                }
            }
        }
    }

    @Test("A call under way to an old address ends there, and its connection with it")
    func movesDuringCall() async throws {
        let mayAnswer = Gate()
        let isClosed = Gate()
        try await withScriptedOrigin { connection in
            try await connection.expectRequest()
            try await mayAnswer.wait()
            try await connection.respond(body: "old")
            try await connection.expectEnd()
            isClosed.open()
        } _: { old in
            try await withNamed(port: old.port) { upstream in
                try await upstream.answer("127.0.0.1")
                let call = try await upstream.call()
                try await old.waitForRequests(count: 1)
                try await upstream.answer("127.0.0.2")
                try await upstream.waitForLookups(3)
                mayAnswer.open()
                let response = try await call.response()
                #expect(response.text == "old")
                try await isClosed.wait()
            }
        }
    }

    @Test("While the resolver fails, the last good address serves new connections")
    func kept() async throws {
        try await withScriptedOrigin(Self.answersOnce) { origin in
            try await withNamed(port: origin.port) { upstream in
                try await upstream.answer("127.0.0.1")
                for lookup in 3...5 {
                    try await upstream.resolver.answer(.failure(NameError("server failure")))
                    try await upstream.waitForLookups(lookup)
                    let response = try await upstream.call().response()
                    #expect(response.text == "hello")
                }
            }
        }
    }

    @Test("When the last good address has been kept for its time, the failure is told")
    func keptNoLonger() async throws {
        try await withScriptedOrigin(answersHello) { origin in
            try await withNamed(port: origin.port, keep: .nanoseconds(1)) { upstream in
                try await upstream.answer("127.0.0.1")
                try await upstream.resolver.answer(.failure(NameError("server failure")))
                try await upstream.waitForLookups(3)
                let failure = try await upstream.call().error()
                #expect(failure == .connect("app.test:\(origin.port): server failure"))
            }
        }
    }

    @Test("The system's resolver knows localhost, and says what it does not know")
    func system() async throws {
        let found = Watched<[ScriptedResolver.Answer]>([])
        SystemResolver().resolve("localhost", port: 81) { answer in found.update { $0.append(answer) } }
        let localhost = try await found.wait(for: "localhost") { $0.first }
        let loopback = try SocketAddress(ipAddress: "127.0.0.1", port: 81)
        #expect(try localhost.get().contains(loopback))
        // RFC 6761 §6.4: never resolves.
        SystemResolver().resolve("weir.invalid", port: 81) { answer in found.update { $0.append(answer) } }
        let invalid = try await found.wait(for: "weir.invalid") { $0.count > 1 ? $0[1] : nil }
        #expect(throws: NameError.self) { try invalid.get() }
    }
}

/// Runs a test with a listener at another address of the loopback network than ``ScriptedOrigin`` has.
private nonisolated(nonsending) func withListener(
    host: String,
    port: Int,
    body: String,
    _ test: nonisolated(nonsending) () async throws -> Void
) async throws {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(SameAnswer(body: body))
            }
        }
        .bind(host: host, port: port)
        .get()
    do {
        try await test()
    } catch {
        try? await listener.close()
        throw error
    }
    try await listener.close()
}

/// Answers the first bytes of a connection and closes it.
private final class SameAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let body: String

    init(body: String) { self.body = body }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        context.close(promise: nil)
    }
}
