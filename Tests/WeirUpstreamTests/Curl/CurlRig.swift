import NIOCore
import NIOPosix
import WeirHTTP
import WeirTesting
import WeirUpstream

/// A ``CurlTransport`` with its engine and an event loop to call from.
struct CurlRig: Sendable {
    let engine: CurlEngine
    let transport: CurlTransport
    let eventLoop: any EventLoop
    let settings: UpstreamSettings

    /// Begins a call, and says whether the handler was told anything before `start` had returned.
    func call(
        _ request: UpstreamRequest,
        keepsBody: Bool = true,
        onBody: HeardHandler.Reaction? = nil
    ) async throws -> CallUnderTest {
        let heard = Watched(Heard())
        let bound = try await eventLoop.submit { [transport, eventLoop] in
            let handler = HeardHandler(heard: heard, keepsBody: keepsBody, onBody: onBody)
            let call = transport.start(request, on: eventLoop, handler: handler)
            handler.call = call
            return NIOLoopBound(call, eventLoop: eventLoop)
        }.get()
        return CallUnderTest(heard: heard, call: bound, eventLoop: eventLoop)
    }

    /// The same upstream after a reload that changes its pool.
    func succeeded(by pool: PoolSettings) -> CurlRig {
        var settings = settings
        settings.pool = pool
        let next = CurlTransport(settings: settings, engine: engine)
        next.succeed(transport)
        return CurlRig(engine: engine, transport: next, eventLoop: eventLoop, settings: settings)
    }

    func get(_ target: String, fields: FieldSection = [:]) async throws -> Heard {
        try await call(request(.get, target, fields: fields)).finish()
    }

    func request(
        _ method: RequestMethod,
        _ target: String,
        fields: FieldSection = [:],
        body: UpstreamRequest.Body = .none,
        timeouts: UpstreamTimeouts? = nil
    ) -> UpstreamRequest {
        var all = FieldSection()
        all.append(.host, settings.url.authority)
        for line in fields.lines { all.append(line, of: fields) }
        return UpstreamRequest(
            method: method,
            methodName: "\(method)".uppercased(),
            target: ByteBuffer(string: target),
            fields: all,
            body: body,
            timeouts: timeouts ?? settings.timeouts
        )
    }
}

/// A call that a test has begun.
struct CallUnderTest: Sendable {
    let heard: Watched<Heard>
    let call: NIOLoopBound<any UpstreamCall>
    let eventLoop: any EventLoop

    /// Waits for its end, good or bad.
    func finish(limit: Duration = .seconds(30)) async throws -> Heard {
        try await heard.wait(for: "the call's end", limit: limit) { $0.isOver ? $0 : nil }
    }

    /// Waits until what was heard fulfils a condition.
    func wait(for what: String, _ condition: @escaping @Sendable (Heard) -> Bool) async throws {
        try await heard.wait(for: what) { condition($0) ? () : nil }
    }

    func run(_ work: @escaping @Sendable (any UpstreamCall) -> Void) async throws {
        try await eventLoop.submit { work(call.value) }.get()
    }
}

/// Runs a test with a transport to `host`, and stops its engine whatever happens.
nonisolated(nonsending) func withCurl<Result>(
    to url: UpstreamURL,
    caFile: String? = nil,
    timeouts: UpstreamTimeouts = UpstreamTimeouts(),
    pool: PoolSettings = PoolSettings(),
    _ body: nonisolated(nonsending) (CurlRig) async throws -> Result
) async throws -> Result {
    let engine = CurlEngine()
    let settings = UpstreamSettings(name: "test", url: url, caFile: caFile, timeouts: timeouts, pool: pool)
    let rig = CurlRig(
        engine: engine,
        transport: CurlTransport(settings: settings, engine: engine),
        eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
        settings: settings
    )
    do {
        let result = try await body(rig)
        await engine.shutdown()
        return result
    } catch {
        await engine.shutdown()
        throw error
    }
}

extension UpstreamURL {
    static func plain(_ origin: ScriptedOrigin) -> UpstreamURL {
        UpstreamURL(scheme: .http, host: "127.0.0.1", port: origin.port)
    }

    static func tls(_ origin: NginxOrigin) -> UpstreamURL {
        UpstreamURL(scheme: .https, host: "localhost", port: origin.port)
    }
}
