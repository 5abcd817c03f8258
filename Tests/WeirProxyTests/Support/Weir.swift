import Logging
import NIOCore
import NIOPosix
import WeirCache
import WeirHTTP
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// A proxy under test on a port of its own, the origin behind it and the clock it goes by.
struct Weir: Sendable {
    let proxy: Proxy
    let origin: ScriptedOrigin
    let clock: ManualClock
    let port: Int

    /// One request on a connection of its own, which is closed behind it.
    func request(_ method: String = "GET", _ target: String = "/", fields: String = "", body: String? = nil)
        async throws -> ReceivedResponse
    {
        try await withRawClient(port: port) { try await $0.request(method, target, fields: fields, body: body) }
    }

    /// Looks at the counters until they are so. No sleeping: each look goes round all event loops.
    func wait(for what: String, until condition: @escaping @Sendable (ProxySnapshot) -> Bool) async throws {
        try await withTimeLimit(.seconds(20), what) { [proxy] in
            while true {
                if condition(await proxy.snapshot()) { return }
                try Task.checkCancellation()
            }
        }
    }

    /// As ``wait(for:until:)``, with the time going on meanwhile: for what comes about after a while.
    func pass(until what: String, _ condition: @escaping @Sendable (ProxySnapshot) -> Bool) async throws {
        try await wait(for: what) { [clock] snapshot in
            clock.advance(by: .milliseconds(100))
            return condition(snapshot)
        }
    }

    /// Lets the time pass, until after the workers have looked at their connections' deadlines: a connection that has
    /// been idle for so long is closed in the same turn.
    /// - Parameter time: at least the keep-alive time.
    func pass(_ time: TimeAmount) async throws {
        try await withRawClient(port: port) { idle in
            // An answer shows that it is there, and waits for its next request.
            _ = try await idle.request("OPTIONS", "*")
            clock.advance(by: time)
            try await idle.expectEnd()
        }
    }

    func waitForFollowers(_ count: UInt64) async throws {
        try await wait(for: "\(count) followers") { $0.flights.followers >= count }
    }
}

/// The origin's part: one call for each request, on whichever connection it comes.
typealias Answer = @Sendable (ReceivedRequest, OriginConnection) async throws -> Void

/// Runs a test against a proxy with `routes` in front of an origin that answers each request with `answer`.
/// - Parameters:
///   - routes: their upstream is `app`.
///   - usesSystemClock: for timeouts that have to pass by themselves.
nonisolated(nonsending) func withWeir<Result>(
    routes: [RouteSettings] = [RouteSettings(path: "/", upstream: "app")],
    workers: Int = 1,
    usesSystemClock: Bool = false,
    configure: (inout ProxySettings) -> Void = { _ in },
    answer: @escaping Answer,
    _ body: nonisolated(nonsending) (Weir) async throws -> Result
) async throws -> Result {
    try await withWeir(
        routes: routes,
        workers: workers,
        usesSystemClock: usesSystemClock,
        configure: configure,
        script: { connection in
            while let request = try await connection.nextRequest() { try await answer(request, connection) }
        },
        body
    )
}

/// As above, with a script for each of the origin's connections.
nonisolated(nonsending) func withWeir<Result>(
    routes: [RouteSettings] = [RouteSettings(path: "/", upstream: "app")],
    workers: Int = 1,
    usesSystemClock: Bool = false,
    configure: (inout ProxySettings) -> Void = { _ in },
    script: @escaping ScriptedOrigin.Script,
    _ body: nonisolated(nonsending) (Weir) async throws -> Result
) async throws -> Result {
    try await withScriptedOrigin(limit: .seconds(20), script) { origin in
        let url = UpstreamURL(scheme: .http, host: "127.0.0.1", port: origin.port)
        var settings = ProxySettings(
            listen: [ListenerSettings(ListenAddress(host: "127.0.0.1", port: 0))],
            workers: workers,
            drain: .seconds(5),
            upstreams: [UpstreamSettings(name: "app", url: url)],
            routes: routes
        )
        configure(&settings)
        let clock = ManualClock(start: .now())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: workers)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let proxy = Proxy(
            settings: settings,
            group: group,
            logger: logger,
            clocks: usesSystemClock ? .system : Clocks(monotonic: { clock.now }, wall: { clock.wall }),
            makeTransport: { settings in
                guard settings.isBalanced else { return DirectTransport(settings: settings, group: group) }
                return BalancedTransport(settings: settings, checkLoop: group.next(), logger: logger) {
                    DirectTransport(settings: $0, group: group)
                }
            }
        )
        try await proxy.start()
        let weir = Weir(proxy: proxy, origin: origin, clock: clock, port: proxy.addresses[0].port)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(weir)) } catch { result = .failure(error) }
        await proxy.stop()
        try await group.shutdownGracefully()
        return try result.get()
    }
}
