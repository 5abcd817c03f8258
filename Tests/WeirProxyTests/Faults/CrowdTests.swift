import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Many real connections that ask for the same.
@Suite(.serialized) struct CrowdTests {
    private static let count = 1_000

    @Test("a thousand connections get every byte of one call, and leave nothing behind", arguments: [1, 2])
    func thousand(workers: Int) async throws {
        let gate = Gate()
        let body = patternBytes(count: 100_000)
        try await withWeir(routes: HTTPCacheTests.routes, workers: workers) { _, connection in
            try await gate.wait(limit: .seconds(60))
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: \(body.count)\r\n\r\n"
            )
            try await connection.send(bytes: body)
        } _: { weir in
            var clients: [RawClient] = []
            for _ in 0..<Self.count {
                let client = try await RawClient.connect(port: weir.port, limit: .seconds(60))
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                clients.append(client)
            }
            try await weir.waitForFollowers(UInt64(Self.count - 1))
            gate.open()
            for client in clients {
                let response = try await client.response()
                guard response.status == 200, response.body.bytes == body else {
                    throw WireMismatch("\(response.status) with \(response.body.bytes.count) bytes")
                }
                await client.close()
            }
            #expect(weir.origin.requests.count == 1)
            try await weir.wait(for: "everything to be given back") { $0.openConnections == 0 }
            let snapshot = await weir.proxy.snapshot()
            #expect(snapshot.flights == FlightCounts(flights: 0, leaders: 1, followers: UInt64(Self.count - 1)))
            #expect(
                snapshot.routes[0].metrics.requests == UInt64(Self.count) && snapshot.routes[0].metrics.aborted == 0
            )
            #expect(snapshot.store.entries == 1 && snapshot.upstreams[0].gauges.active == 0)
        }
    }
}
