import NIOCore
import WeirCorpus
import WeirHTTP

extension FuzzTarget {
    /// A connection's bytes from a client.
    static let request = FuzzTarget("request") {
        (RequestCorpus.accepted.map(\.input) + RequestCorpus.refused.map(\.input)).map { bytes($0) }
            .filter { $0.count < 4096 }
    } property: { (input) throws(Violation) in
        let whole = Transcript.requests([input[...]])
        for way in Pieces.ways(input) {
            try requireEqual(Transcript.requests(way), whole, "requests in pieces")
        }
        try RewrittenMessages.check(requests: input, whole)
    }

    /// A connection's bytes from an upstream. The first byte says what was asked, and whether the upstream closes.
    static let response = FuzzTarget("response") {
        ResponseCorpus.accepted.filter { !$0.methods.isEmpty }.map { seed($0.methods[0], $0.closed, $0.input) }
            + ResponseCorpus.refused.map { seed($0.method, $0.closed, $0.input) }.filter { $0.count < 4096 }
    } property: { (input) throws(Violation) in
        guard let flags = input.first else { return }
        let methods = [asked[Int(flags & 3)], .get, .head, .get]
        let closes = flags & 4 != 0
        let isUpgrading = flags & 8 != 0
        let message = Array(input.dropFirst())
        let whole = Transcript.responses([message[...]], to: methods, upgrading: isUpgrading, closed: closes)
        for way in Pieces.ways(message) {
            let cut = Transcript.responses(way, to: methods, upgrading: isUpgrading, closed: closes)
            try requireEqual(cut, whole, "responses in pieces")
        }
        if !isUpgrading { try RewrittenMessages.check(responses: message, to: methods[0]) }
    }

    private static let asked: [RequestMethod] = [.get, .head, .post, .connect]

    private static func seed(_ method: RequestMethod, _ closes: Bool, _ input: String) -> [UInt8] {
        [UInt8(asked.firstIndex(of: method) ?? 0) | (closes ? 4 : 0)] + bytes(input)
    }

    /// What stands behind the head of a chunked message, read a second time by another reader.
    static let chunked = FuzzTarget("chunked") {
        (RequestCorpus.refused.map(\.input) + RequestCorpus.accepted.map(\.input)).compactMap { text in
            text.firstRange(of: "chunked\r\n\r\n").map { bytes(String(text[$0.upperBound...])) }
        }.filter { $0.count < 4096 }
    } property: { (input) throws(Violation) in
        let head = bytes(RequestCorpus.chunked(""))
        let transcript = Transcript.requests([(head + input)[...]])
        for way in Pieces.ways(input) {
            try requireEqual(Transcript.requests([head[...]] + way), transcript, "a chunked body in pieces")
        }
        let (body, outcome) = SecondChunkReader.read(input)
        let first = transcript.events.dropFirst().prefix {
            if case .body = $0 { true } else { false }
        }
        let given = first.isEmpty ? "" : transcript.bodies.first ?? ""
        switch outcome {
        case .whole(let end):
            if transcript.error == nil { try requireEqual(given, Transcript.text(body), "the body") }
            if case .end? = transcript.events.dropFirst(1 + first.count).first {
                let rest = Transcript.requests([input[end...]])
                try requireEqual(Array(transcript.events.dropFirst(2 + first.count)), rest.events, "what is behind it")
            } else {
                // The second reader knows no limits, nor which trailers may be there.
                try require(transcript.error != nil, "a body that is whole does not end: \(transcript)")
            }
        case .malformed:
            try require(transcript.error != nil || transcript.ends == 0, "a malformed body ends: \(transcript)")
        case .incomplete:
            try require(transcript.ends == 0, "a body that goes on ends: \(transcript)")
            if transcript.error == nil { try requireEqual(given, Transcript.text(body), "the body so far") }
        }
    }
}
