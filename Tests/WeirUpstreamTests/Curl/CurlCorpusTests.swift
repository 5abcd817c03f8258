import NIOCore
import Testing
import WeirCorpus
import WeirHTTP
import WeirTesting
import WeirUpstream

/// The corpus of responses through libcurl, over plain HTTP/1.1. Heads are read a second time by Weir's own parser.
@Suite("CurlTransport and hostile responses", .timeLimit(.minutes(2)))
struct CurlCorpusTests {
    /// libcurl takes an LF for the end of a line between chunks, where a CR LF should be.
    private static let tolerated: Set<String> = [
        "a line ends in LF without CR", "a chunk does not end where its size says",
    ]

    /// An origin that answers the request for `/N` with the Nth input, and closes.
    private func script(_ inputs: [String]) -> ScriptedOrigin.Script {
        { connection in
            guard let request = try await connection.nextRequest(), let number = Int(request.target.dropFirst()) else {
                return
            }
            try await connection.send(bytes: bytes(inputs[number]))
        }
    }

    @Test("a response that is refused is refused behind libcurl too, one after the other")
    func refused() async throws {
        let examples = ResponseCorpus.refused
        try await withScriptedOrigin(script(examples.map(\.input))) { origin in
            try await withCurl(to: .plain(origin)) { rig in
                for (number, example) in examples.enumerated() {
                    let heard = try await rig.call(rig.request(example.method, "/\(number)")).finish()
                    let isTolerated = example.isUnderWay && Self.tolerated.contains(example.reason)
                    #expect(heard.error != nil || isTolerated, "\(example): \(heard.text)")
                    #expect(heard.late == 0)
                }
            }
        }
    }

    @Test("a response that is accepted comes with the status and body that it comes with otherwise")
    func accepted() async throws {
        let examples = ResponseCorpus.accepted.filter { $0.methods == [.get] || $0.methods == [.head] }
        try await withScriptedOrigin(script(examples.map(\.input))) { origin in
            try await withCurl(to: .plain(origin)) { rig in
                for (number, example) in examples.enumerated() {
                    let heard = try await rig.call(rig.request(example.methods[0], "/\(number)")).finish()
                    #expect(heard.error == nil, "\(example)")
                    let status = heard.head.map { "\($0.status) " }
                    #expect(status.map { example.heads[0].hasPrefix($0) } == true, "\(example)")
                    #expect(Transcript.text(heard.body) == example.bodies.joined(), "\(example)")
                }
            }
        }
    }

    @Test("a head that begins with a folded line does not reach into the memory of the call before")
    func foldedFirstLine() async throws {
        let good = ResponseCorpus.ok("A: b\r\nContent-Length: 0")
        let folded = "HTTP/1.1 200 OK\r\n \(String(repeating: "a", count: 4_000))\r\nContent-Length: 0\r\n\r\n"
        let inputs = (0..<100).map { $0.isMultiple(of: 2) ? good : folded }
        try await withScriptedOrigin(script(inputs)) { origin in
            try await withCurl(to: .plain(origin)) { rig in
                for number in inputs.indices {
                    let heard = try await rig.get("/\(number)")
                    #expect((heard.error == nil) == number.isMultiple(of: 2))
                }
            }
        }
    }
}
