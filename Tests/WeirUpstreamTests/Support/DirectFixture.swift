import NIOCore
import NIOPosix
import WeirHTTP
import WeirTesting
import WeirUpstream

/// A ``DirectTransport`` to a scripted origin, and one event loop to call it on.
struct DirectFixture: Sendable {
    let origin: ScriptedOrigin
    let transport: DirectTransport
    let eventLoop: any EventLoop

    func call(
        _ request: UpstreamRequest = .test(),
        prepare: @escaping @Sendable (RecordingHandler) -> Void = { _ in },
        then: @escaping @Sendable (RecordingHandler) -> Void = { _ in }
    ) async throws -> TestCall {
        let (transport, eventLoop) = (transport, eventLoop)
        return try await TestCall.start(on: eventLoop, prepare: prepare, then: then) {
            transport.start(request, on: eventLoop, handler: $0)
        }
    }

    /// A call whose response is whole.
    @discardableResult
    func respond(_ request: UpstreamRequest = .test()) async throws -> CallRecord {
        try await call(request).response()
    }
}

/// Runs a test against an origin that follows `script`, through a ``DirectTransport`` to it.
nonisolated(nonsending) func withDirectTransport(
    pool: PoolSettings = PoolSettings(),
    host: String = "127.0.0.1",
    _ script: @escaping ScriptedOrigin.Script,
    _ body: nonisolated(nonsending) (DirectFixture) async throws -> Void
) async throws {
    try await withScriptedOrigin(script) { origin in
        let settings = UpstreamSettings(
            name: "origin",
            url: UpstreamURL(scheme: .http, host: host, port: origin.port),
            pool: pool
        )
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let transport = DirectTransport(settings: settings, group: eventLoop)
        let fixture = DirectFixture(origin: origin, transport: transport, eventLoop: eventLoop)
        do {
            try await body(fixture)
        } catch {
            await shutdown(transport)
            throw error
        }
        await shutdown(transport)
    }
}

/// Calls that a test left under way are ended.
private func shutdown(_ transport: DirectTransport) async {
    let task = Task { await transport.shutdown() }
    task.cancel()
    await task.value
}

extension UpstreamRequest {
    static func test(
        _ method: RequestMethod = .get,
        _ target: String = "/",
        fields: FieldSection = ["Host": "origin.test"],
        body: Body = .none,
        timeouts: UpstreamTimeouts = UpstreamTimeouts(),
        priority: CallPriority = .standard
    ) -> UpstreamRequest {
        UpstreamRequest(
            method: method,
            methodName: "\(method)".uppercased(),
            target: ByteBuffer(string: target),
            fields: fields,
            body: body,
            timeouts: timeouts,
            priority: priority
        )
    }
}

/// Answers every request on the connection alike.
let answersHello: ScriptedOrigin.Script = { connection in
    while try await connection.nextRequest() != nil { try await connection.respond(body: "hello") }
}
