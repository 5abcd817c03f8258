import Logging
import NIOCore
import NIOPosix
import Testing
import WeirCache
import WeirProxy
import WeirTesting
import WeirUpstream

@testable import WeirAdmin

@Suite("Statistics of a running proxy")
struct ProxyStatisticsTests {
    @Test("What clients did is what the statistics say, and a purge takes it away")
    func counted() async throws {
        try await withScriptedOrigin { connection in
            while try await connection.nextRequest() != nil {
                try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "hello")
            }
        } _: { origin in
            try await withProxy(upstreamPort: origin.port) { proxy, port in
                try await withRawClient(port: port) { client in
                    for _ in 0..<3 {
                        let response = try await client.request("GET", "/a")
                        #expect(response.text == "hello")
                    }
                }
                let statistics = await proxy.statistics()
                #expect(statistics.requests.total == 3)
                #expect(statistics.requests.byStatus["2xx"] == 3)
                #expect(statistics.cacheHits == 2)
                #expect(statistics.cacheMisses == 1)
                #expect(statistics.cacheHitRate == 0.6667)
                #expect(statistics.cache.entries == 1)
                #expect(statistics.connections.accepted == 1)
                #expect(statistics.latency.count == 3)
                #expect(statistics.routes.map(\.name) == ["/"])
                #expect(statistics.upstreams.map(\.name) == ["app"])
                #expect(statistics.upstreams.first?.outcomes == ["other": ["success": 1]])
                #expect(proxy.readiness == .ready)
                #expect(proxy.purge(.pattern(GlobPattern("/b*"))) == 0)
                #expect(proxy.purge(.pattern(GlobPattern("/a"))) == 1)
                #expect(await proxy.statistics().cache.evictions["purged"] == 1)
                #expect(proxy.resetBreakers(upstream: "app", service: nil) == 0)
                #expect(proxy.resetBreakers(upstream: "none", service: nil) == nil)
            }
        }
    }

    private func withProxy(
        upstreamPort: Int,
        _ body: (Proxy, _ port: Int) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let proxy = Proxy(
            settings: ProxySettings(
                listen: [ListenerSettings(ListenAddress(host: "127.0.0.1", port: 0))],
                drain: .seconds(5),
                upstreams: [
                    UpstreamSettings(
                        name: "app",
                        url: UpstreamURL(scheme: .http, host: "127.0.0.1", port: upstreamPort)
                    )
                ],
                routes: [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]
            ),
            group: group,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            makeTransport: { DirectTransport(settings: $0, group: group) }
        )
        #expect(proxy.readiness == .starting)
        try await proxy.start()
        do {
            try await body(proxy, try #require(proxy.addresses.first).port)
        } catch {
            await proxy.stop()
            throw error
        }
        await proxy.stop()
        #expect(proxy.readiness == .draining)
        try await group.shutdownGracefully()
    }
}
