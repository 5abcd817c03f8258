import NIOCore
import Synchronization
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// One upstream at two addresses that fail in turn, through the whole proxy.
@Suite(.timeLimit(.minutes(1))) struct AddressFaultTests {
    /// What an address answers with, which a test changes.
    private final class Status: Sendable {
        private let isFine = Atomic(true)

        func set(isFine: Bool) { self.isFine.store(isFine, ordering: .releasing) }

        func answering(_ name: String, status: String) -> ScriptedOrigin.Script {
            { connection in
                while try await connection.nextRequest() != nil {
                    let isFine = self.isFine.load(ordering: .acquiring)
                    try await connection.respond(status: isFine ? "200 OK" : status, body: name)
                }
            }
        }
    }

    private nonisolated(nonsending) func withTwoAddresses(
        status: String,
        configure: (inout UpstreamSettings) -> Void,
        _ body: nonisolated(nonsending) (Weir, Status, Status) async throws -> Void
    ) async throws {
        let (a, b) = (Status(), Status())
        try await withScriptedOrigin(limit: .seconds(20), b.answering("b", status: status)) { origin in
            try await withWeir(
                configure: { settings in
                    settings.upstreams[0].otherURLs = [
                        UpstreamURL(scheme: .http, host: "127.0.0.1", port: origin.port)
                    ]
                    settings.upstreams[0].ejection = EjectionSettings(failures: 3, time: .hours(1), timeMax: .hours(1))
                    configure(&settings.upstreams[0])
                },
                script: a.answering("a", status: status)
            ) { weir in
                try await body(weir, a, b)
            }
        }
    }

    private func states(_ weir: Weir) async -> [AddressSnapshot.State] {
        await weir.proxy.snapshot().upstreams[0].addresses.map(\.state)
    }

    /// Requests one after the other, that all get this body with a 200.
    private nonisolated(nonsending) func expect(_ body: String, _ count: Int, from weir: Weir) async throws {
        for _ in 0..<count {
            let response = try await weir.request()
            #expect(response.status == 200 && response.text == body)
        }
    }

    @Test("a rolling restart of two addresses: what the second does not answer the ejected first does, at once")
    func rollingRestart() async throws {
        try await withTwoAddresses(
            status: "503 Service Unavailable",
            configure: { $0.retry.backoff = .milliseconds(1) }
        ) { weir, a, b in
            a.set(isFine: false)
            try await expect("b", 10, from: weir)
            #expect(await states(weir) == [.ejected, .up])
            a.set(isFine: true)
            b.set(isFine: false)
            try await expect("a", 10, from: weir)
            #expect(await states(weir) == [.up, .ejected])
            b.set(isFine: true)
            a.set(isFine: false)
            try await expect("b", 10, from: weir)
            #expect(await weir.proxy.snapshot().upstreams[0].breakers[.other]?.state == .closed)
        }
    }

    @Test("where nothing is tried again, the ejected address is readmitted when the last one should be ejected")
    func readmission() async throws {
        try await withTwoAddresses(
            status: "500 Oh",
            configure: { $0.retry.attempts = 1 }
        ) { weir, a, b in
            a.set(isFine: false)
            for _ in 0..<10 { _ = try await weir.request() }
            #expect(await states(weir) == [.ejected, .up])
            a.set(isFine: true)
            b.set(isFine: false)
            for _ in 0..<3 { _ = try await weir.request() }
            #expect(await states(weir) == [.up, .up])
            var statuses: [Int] = []
            for _ in 0..<10 { statuses.append(try await weir.request().status) }
            #expect(statuses.filter { $0 == 500 }.count <= 1)
            #expect(await states(weir) == [.up, .ejected])
        }
    }

    @Test("a reload that changes something of the upstream keeps an address ejected, and every count")
    func reload() async throws {
        try await withTwoAddresses(
            status: "500 Oh",
            configure: {
                $0.retry.attempts = 1
                // Opens with the first failure, and the next call closes it.
                $0.breaker = BreakerSettings(failures: 1, open: .nanoseconds(1), openMax: .nanoseconds(1))
                $0.ejection.failures = 1
            }
        ) { weir, a, _ in
            a.set(isFine: false)
            for _ in 0..<4 { _ = try await weir.request() }
            for number in 0...3 {
                let upstream = await weir.proxy.snapshot().upstreams[0]
                // Each reload has them the other way round.
                let addresses = number % 2 == 0 ? upstream.addresses : upstream.addresses.reversed()
                #expect(addresses.map(\.state) == [.ejected, .up])
                #expect(addresses.map(\.calls) == [1, 3 + 4 * number])
                #expect(addresses.map(\.ejections) == [1, 0])
                #expect(upstream.breakers[.other]?.transitions == 3)
                var settings = weir.proxy.settings
                settings.upstreams[0].breaker = BreakerSettings(failures: 6)
                (settings.upstreams[0].url, settings.upstreams[0].otherURLs[0]) = (
                    settings.upstreams[0].otherURLs[0], settings.upstreams[0].url
                )
                try await weir.proxy.reload(settings)
                try await expect("b", 4, from: weir)
            }
        }
    }
}
