import Testing
import WeirCorpus
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// What is odd and accepted reaches the origin in one form, framed by Weir and by nobody else.
@Suite("Requests in their one form")
struct NormalisedRequestTests {
    @Test("odd requests go upstream byte for byte as they should")
    func normalised() async throws {
        let witness = Witness()
        try await withWeir(script: witness.script()) { weir in
            for (index, example) in NormalisedRequest.all.enumerated() {
                try await withRawClient(port: weir.port) { client in
                    try await client.send(bytes: bytes(example.input))
                    #expect(try await client.response().text == "fine", "\(example)")
                }
                let seen = witness.requests
                try #require(seen.count == index + 1, "\(example)")
                #expect(generic(seen[index].head) == expectedHead(example, weir), "\(example)")
                #expect(Transcript.text(seen[index].body.bytes) == example.body, "\(example)")
                #expect(seen[index].body.trailers.isEmpty, "\(example)")
            }
        }
    }

    @Test("every good request of the corpus is answered once, and framed once on its way")
    func corpus() async throws {
        let witness = Witness()
        try await withWeir(script: witness.script()) { weir in
            for example in RequestCorpus.accepted {
                let before = witness.requests.count
                let methods = example.heads.map { String($0.split(separator: " ")[0]) }
                let isAnsweredHere = ["CONNECT", "TRACE"].contains(methods[0]) || example.heads[0].contains("asterisk")
                try await withRawClient(port: weir.port) { client in
                    try await client.send(bytes: bytes(example.input))
                    for method in methods {
                        let status = try await client.response(to: method).status
                        #expect(status == (isAnsweredHere ? (method == "OPTIONS" ? 204 : 405) : 200), "\(example)")
                    }
                }
                let seen = witness.requests[before...]
                #expect(seen.count == (isAnsweredHere ? 0 : methods.count), "\(example)")
                #expect(
                    seen.map { Transcript.text($0.body.bytes) }.filter { !$0.isEmpty } == example.bodies,
                    "\(example)"
                )
                for request in seen {
                    let head = WireHead(request.head)
                    let lengths = head.values("Content-Length").count + head.values("Transfer-Encoding").count
                    #expect(lengths <= 1 && head.values("Host").count == 1, "\(example)")
                    #expect(request.target.hasPrefix("/") && head.startLine.hasSuffix(" HTTP/1.1"), "\(example)")
                }
            }
        }
    }

    /// With the request's id, where Weir made it up, left out.
    private func generic(_ head: String) -> String {
        guard let start = head.firstRange(of: "X-Request-Id: "),
            let end = head[start.upperBound...].firstRange(of: "\r\n")
        else { return head }
        return head[..<start.upperBound] + "*" + head[end.lowerBound...]
    }

    private func expectedHead(_ example: NormalisedRequest, _ weir: Weir) -> String {
        var lines = [example.line, "Host: 127.0.0.1:\(weir.origin.port)"] + example.fields + example.via
        lines += ["X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http"]
        if let host = example.host { lines.append("X-Forwarded-Host: \(host)") }
        lines.append("X-Request-Id: *")
        if let framing = example.framing { lines.append(framing) }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }
}
