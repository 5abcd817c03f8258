import NIOCore
import Testing
import WeirCache
import WeirCorpus
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// Every response of the corpus that one request can get, from an origin through a whole proxy: what the client gets,
/// what is stored, and whether the origin's connection is used again.
@Suite("Hostile responses")
struct HostileResponseTests {
    /// Whatever can be stored is: a response that should not be is kept out by its fault alone.
    private static let routes = [
        RouteSettings(
            path: "/",
            upstream: "app",
            features: Features(breaker: false),
            cache: RouteCacheSettings(mode: .http, ttl: .seconds(60))
        )
    ]

    /// An origin that answers the request for `/case/N` with the Nth input, and any other well.
    private final class Liar: Sendable {
        let inputs: [(bytes: [UInt8], closes: Bool)]
        /// Connections, in the order in which requests for `/next/N` came.
        let good = Watched<[Int]>([])
        /// By number of the input, the connection that it went out on, and that it was then closed by Weir.
        let lies = Watched<[Int: Int]>([:])
        let discarded = Watched<Set<Int>>([])

        init(_ inputs: [(String, Bool)]) { self.inputs = inputs.map { (bytes($0.0), $0.1) } }

        var script: ScriptedOrigin.Script {
            { [self] connection in
                while let request = try await connection.nextRequest() {
                    guard request.target.hasPrefix("/case/"), let number = Int(request.target.dropFirst(6)) else {
                        good.update { $0.append(connection.index) }
                        try await connection.respond(fields: "Cache-Control: no-store\r\n", body: "fine")
                        continue
                    }
                    lies.update { $0[number] = connection.index }
                    try await connection.send(bytes: inputs[number].bytes)
                    if inputs[number].closes { return }
                    // The end may be a reset: what was sent behind the response was not read.
                    guard let more = try? await connection.wire.readHeadIfAny() else {
                        return discarded.update { _ = $0.insert(number) }
                    }
                    _ = try await connection.finishRequest(more)
                    good.update { $0.append(connection.index) }
                    try await connection.respond(fields: "Cache-Control: no-store\r\n", body: "fine")
                }
            }
        }
    }

    @Test("a response that is refused: 502 or a visible break, nothing stored, its connection used no more")
    func refused() async throws {
        let examples = ResponseCorpus.refused
        let liar = Liar(examples.map { ($0.input, $0.closed) })
        try await withWeir(routes: Self.routes, script: liar.script) { weir in
            for (number, example) in examples.enumerated() {
                let text = try await answer(to: example.method, number, by: weir)
                if finalHead(of: text)?.head.status == 502 {
                    try expectBadGateway(text, example)
                } else {
                    #expect(example.isUnderWay && isBroken(text), "\(example): \(text.prefix(300))")
                }
                try await expectService(number, by: weir)
                #expect(liar.good.value.last != liar.lies.value[number], "\(example)")
            }
            #expect(await weir.proxy.snapshot().store.insertions == 0)
            try await liar.discarded.wait(for: "the connections to be closed") { discarded in
                examples.indices.allSatisfy { examples[$0].closed || discarded.contains($0) } ? () : nil
            }
        }
    }

    @Test("a response that is accepted comes whole, in a framing of Weir's own; what is behind it answers nothing")
    func accepted() async throws {
        let examples = ResponseCorpus.accepted.filter { $0.methods == [.get] || $0.methods == [.head] }
        let liar = Liar(examples.map { ($0.input, $0.closed) })
        try await withWeir(routes: Self.routes, script: liar.script) { weir in
            for (number, example) in examples.enumerated() {
                let words = example.heads[0].split(separator: " ")
                let text = try await answer(to: example.methods[0], number, by: weir)
                let final = try #require(finalHead(of: text))
                #expect(final.head.status == Int(words[0]), "\(example)")
                #expect(final.body == example.bodies.joined(), "\(example)")
                #expect(
                    final.head.values("Content-Length").count + final.head.values("Transfer-Encoding").count <= 1,
                    "\(example)"
                )
                try await expectService(number, by: weir)
                // Used again only if nothing was behind the response and both sides let it live.
                let isKept = example.left == 0 && words[3] == "persistent" && !example.closed
                #expect((liar.good.value.last == liar.lies.value[number]) == isKept, "\(example)")
            }
            // What ends with its connection is not whole for certain, and what is no success lasts no longer.
            let storable = examples.filter {
                $0.methods == [.get] && $0.heads[0].hasPrefix("20") && !$0.heads[0].contains("untilClose")
            }
            #expect(await weir.proxy.snapshot().store.insertions == UInt64(storable.count))
        }
    }

    @Test("a head that came with its body's fault is taken back")
    func withdrawn() async throws {
        try await withWeir { _, connection in
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n")
            try await connection.expectEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let response = try await client.get("/")
                #expect(response.status == 502 && response["Transfer-Encoding"] == nil)
                #expect(try response.error().code == "upstream_malformed")
                // The client's own connection lives on.
                #expect(try await client.request("OPTIONS", "*").status == 204)
            }
        }
    }

    @Test("a body's fault behind what the client has already is a visible break", arguments: [true, false])
    func broken(isShared: Bool) async throws {
        let gate = Gate()
        let routes = isShared ? Self.routes : [RouteSettings(path: "/", upstream: "app")]
        try await withWeir(routes: routes) { _, connection in
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
            try await gate.wait()
            try await connection.send("nonsense\r\n")
            try await connection.expectEnd()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.wire.readHead().status == 200)
                #expect(try await client.wire.readChunk() == [0x78])
                gate.open()
                try await client.expectEnd()
            }
            #expect(await weir.proxy.snapshot().store.insertions == 0)
        }
    }

    // MARK: One example

    /// All bytes that the client gets, one character a byte.
    private func answer(to method: RequestMethod, _ number: Int, by weir: Weir) async throws -> String {
        try await withRawClient(port: weir.port) { client in
            let name = method == .head ? "HEAD" : "GET"
            try await client.send("\(name) /case/\(number) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return Transcript.text(try await client.wire.readToEnd().bytes)
        }
    }

    private func expectBadGateway(_ text: String, _ example: ResponseCorpus.Refused) throws {
        let (head, body) = try #require(finalHead(of: text))
        #expect(head["Content-Type"] == "application/json", "\(example)")
        guard example.method != .head else { return }
        let error = try ErrorAnswer(bytes(body))
        if example.closed {
            #expect(error.code == "upstream_reset", "\(example)")
        } else {
            #expect(error.code == "upstream_malformed", "\(example)")
            #expect(error.message == "upstream 'app' did not answer in HTTP: \(example.reason)")
        }
    }

    private func expectService(_ number: Int, by weir: Weir) async throws {
        let response = try await weir.request("GET", "/next/\(number)", fields: "Cache-Control: no-store\r\n")
        #expect(response.status == 200 && response.text == "fine")
    }

    /// The final head, and what stands behind it with its chunks undone.
    private func finalHead(of text: String) -> (head: WireHead, body: String)? {
        var rest = text[...]
        while let end = rest.firstRange(of: "\r\n\r\n") {
            let head = WireHead(String(rest[..<end.upperBound]))
            rest = rest[end.upperBound...]
            if head.status < 200 { continue }
            guard head.isChunked else { return (head, String(rest)) }
            let transcript = Transcript.responses([bytes(text)[...]], to: [.get], closed: true)
            return transcript.error == nil ? (head, transcript.bodies.joined()) : nil
        }
        return nil
    }

    /// Whether a client can tell that there should be more.
    private func isBroken(_ text: String) -> Bool {
        !text.isEmpty && Transcript.responses([bytes(text)[...]], to: [.get], closed: true).error != nil
    }
}
