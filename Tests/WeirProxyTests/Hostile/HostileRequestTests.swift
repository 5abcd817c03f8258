import Testing
import WeirCache
import WeirCorpus
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// Every refused request of the corpus, through a whole proxy: what the client gets, what the origin sees, what is
/// stored, and that the next client is served.
@Suite("Hostile requests")
struct HostileRequestTests {
    private static let routes = [
        RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http)),
        RouteSettings(path: Chat.path, upstream: "app", cache: RouteCacheSettings(mode: .persona)),
    ]
    /// What must never be interpreted: it stands behind each refused request.
    private static let canary = "GET /canary HTTP/1.1\r\nHost: a\r\n\r\n"

    private static let codes: [UInt16: String] = [
        400: "bad_request", 414: "target_too_long", 417: "expectation_failed", 431: "head_too_large",
        501: "not_implemented", 505: "version_not_supported",
    ]

    @Test("a head that is refused: its status, why, the connection's end, nothing forwarded, nothing stored")
    func heads() async throws {
        let refused = RequestCorpus.refused.filter { $0.answered == 0 && !$0.isUnderWay }
        let witness = Witness()
        try await withWeir(routes: Self.routes, script: witness.script()) { weir in
            for (index, example) in refused.enumerated() {
                try await expectRefusal(of: example.input, example, by: weir)
                try await expectService(index, by: weir)
                let requests = witness.requests
                #expect(requests.count == index + 1 && requests.last?.target == "/next/\(index)", "\(example)")
            }
            let snapshot = await weir.proxy.snapshot()
            #expect(snapshot.store.insertions == 0)
            #expect(snapshot.totals.requestsRefused == UInt64(refused.count))
            #expect(snapshot.openConnections <= 1)
        }
        #expect(witness.cutCount == 0)
    }

    @Test("a body that is refused: its origin sees no whole request, and its connection is used no more")
    func bodies() async throws {
        let refused = RequestCorpus.refused.filter { $0.answered == 0 && $0.isUnderWay }
        let witness = Witness()
        try await withWeir(routes: Self.routes, script: witness.script()) { weir in
            for (index, example) in refused.enumerated() {
                try await expectRefusal(of: example.input, example, by: weir)
                try await expectService(index, by: weir)
                let requests = witness.requests
                #expect(requests.count == index + 1 && requests.last?.target == "/next/\(index)", "\(example)")
            }
            #expect(await weir.proxy.snapshot().store.insertions == 0)
        }
    }

    @Test("a body that is a key and is refused reaches no origin at all")
    func keys() async throws {
        let refused = RequestCorpus.refused.filter { $0.answered == 0 && $0.isUnderWay }
        let witness = Witness()
        try await withWeir(routes: Self.routes, script: witness.script()) { weir in
            for example in refused {
                let input = example.input.replacing("POST / ", with: "POST \(Chat.path) ", maxReplacements: 1)
                try await expectRefusal(of: input, example, by: weir)
            }
            try await expectService(0, by: weir)
            #expect(witness.requests.map(\.target) == ["/next/0"] && weir.origin.connectionCount == 1)
            #expect(await weir.proxy.snapshot().store.insertions == 0)
        }
        #expect(witness.cutCount == 0)
    }

    @Test("good requests before a refused one are answered; nothing behind it is interpreted")
    func pipelines() async throws {
        let witness = Witness()
        try await withWeir(routes: Self.routes, script: witness.script()) { weir in
            for (index, example) in RequestCorpus.refused.filter({ $0.answered > 0 }).enumerated() {
                try await withRawClient(port: weir.port) { client in
                    try await client.send(bytes: bytes(example.input + Self.canary))
                    for _ in 0..<example.answered { #expect(try await client.response().text == "fine", "\(example)") }
                    try await expectRefusal(example, on: client)
                }
                try await expectService(index, by: weir)
            }
            let targets = witness.requests.map(\.target)
            #expect(targets.allSatisfy { $0 == "/" || $0.hasPrefix("/next/") })
        }
    }

    // MARK: One example

    private func expectRefusal(of input: String, _ example: RequestCorpus.Refused, by weir: Weir) async throws {
        try await withRawClient(port: weir.port) { client in
            try await client.send(bytes: bytes(input + Self.canary))
            try await expectRefusal(example, on: client)
        }
    }

    private func expectRefusal(_ example: RequestCorpus.Refused, on client: RawClient) async throws {
        let response = try await client.response()
        #expect(response.status == Int(example.status), "\(example)")
        #expect(response["Connection"] == "close" && response["Content-Type"] == "application/json", "\(example)")
        let error = try response.error()
        // Exactly this text, so nothing of the request is repeated.
        #expect(error.message == example.reason, "\(example)")
        #expect(error.code == Self.codes[example.status] && error.type == "weir_error", "\(example)")
        #expect(response.body.bytes.dropLast().allSatisfy { (0x20...0x7E).contains($0) }, "\(example)")
        // In good order: a reset could take the answer away from the client.
        #expect(try await client.expectEnd() == .closed, "\(example)")
    }

    private func expectService(_ index: Int, by weir: Weir) async throws {
        let response = try await weir.request("GET", "/next/\(index)", fields: "Cache-Control: no-store\r\n")
        #expect(response.status == 200 && response.text == "fine")
    }
}
