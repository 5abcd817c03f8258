import NIOCore
import WeirCorpus
import WeirHTTP

extension FuzzTarget {
    /// Heads and trailers as libcurl hands them to its callbacks, held against the parser that reads connections. The first
    /// byte says what was asked, and which limits hold.
    static let lines = FuzzTarget("lines") {
        let messages = ResponseCorpus.accepted.map(\.input) + ResponseCorpus.refused.map(\.input)
        return (messages + messages.map { $0.replacing("HTTP/1.1 ", with: "HTTP/2 ") })
            .map { [0] + bytes($0) }.filter { $0.count < 4096 }
    } property: { (input) throws(Violation) in
        guard let flags = input.first else { return }
        let method = [RequestMethod.get, .head, .post, .connect][Int(flags & 3)]
        let limits = flags & 4 == 0 ? HeadLimits() : HeadLimits(head: 96, fields: 3, informational: 2)
        let message = Array(input.dropFirst())
        let lines = message.wholeLines
        let strict = HeadReading.strict(lines, answering: method, limits: limits)

        var reader = ResponseLines(answering: method, limits: limits)
        let (reading, rest) = HeadReading.lines(lines, by: &reader)
        try requireEqual(reading.heads, strict.heads, "the heads")
        try requireEqual(reading.isFinal, strict.isFinal, "whether the last is final")
        if strict.isRefused {
            // A line alone may not show what is wrong with it, but no head comes of it.
            let isHead = !reading.isRefused && (try? reader.receive(line: bytes("\r\n").span)) != nil
            try require(!isHead, "what is refused is not, line by line")
        } else {
            try require(!reading.isRefused, "what is not refused is, line by line")
        }
        for way in Pieces.ways(message) {
            var other = ResponseLines(answering: method, limits: limits)
            let (cut, _) = HeadReading.lines(way, by: &other)
            try requireEqual(cut.heads, Array(strict.heads.prefix(cut.heads.count)), "heads in other pieces than lines")
        }
        if reading.isFinal { try checkTrailers(Array(rest), reader, limits) }
    }

    /// Lines behind a final head, against those behind a last chunk.
    private static func checkTrailers(
        _ lines: [ArraySlice<UInt8>],
        _ reader: ResponseLines,
        _ limits: HeadLimits
    ) throws(Violation) {
        var reader = reader
        var read: [String]?
        do throws(MessageError) {
            for line in lines { _ = try reader.receive(line: Array(line).span) }
            read = Transcript.lines(try reader.trailers())
        } catch {
            read = nil
        }
        let message = bytes(ResponseCorpus.ok("Transfer-Encoding: chunked", "0\r\n")) + lines.joined() + bytes("\r\n")
        let strict = Transcript.responses([message[...]], to: [.get], closed: false, limits: limits)
        if case .end(let trailers)? = strict.events.last, strict.left == 0 {
            try requireEqual(read, trailers, "the trailers")
        } else {
            try requireEqual(read, nil, "trailers that are refused")
        }
    }
}
