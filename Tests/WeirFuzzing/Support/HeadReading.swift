import NIOCore
import WeirCorpus
import WeirHTTP

/// The heads that a reader finds in a message, in words, up to the final one.
struct HeadReading {
    private(set) var heads: [String] = []
    private(set) var isFinal = false
    private(set) var isRefused = false

    /// By Weir's own parser, all lines at once.
    static func strict(_ lines: [ArraySlice<UInt8>], answering method: RequestMethod, limits: HeadLimits) -> HeadReading
    {
        let (message, areHTTP2) = translate(lines)
        var reading = HeadReading()
        var decoder = ResponseDecoder(limits: limits)
        decoder.begin(answering: method)
        var buffer = message.buffer
        do throws(MessageError) {
            while !reading.isFinal, let part = try decoder.decode(&buffer) {
                switch part {
                case .informational(let head): reading.add(head)
                case .head(var head):
                    // The end of the stream frames what no length does.
                    if areHTTP2[reading.heads.count], head.framing == .untilClose { head.framing = .chunked }
                    reading.add(head)
                    reading.isFinal = true
                case .body, .end: break
                }
            }
        } catch {
            reading.isRefused = true
        }
        return reading
    }

    /// As libcurl's callbacks have it, piece by piece.
    /// - Returns: with it the pieces behind the final head.
    static func lines(_ pieces: [ArraySlice<UInt8>], by reader: inout ResponseLines)
        -> (reading: HeadReading, rest: ArraySlice<ArraySlice<UInt8>>)
    {
        var reading = HeadReading()
        var rest = pieces[...]
        do throws(MessageError) {
            while !reading.isFinal, let piece = rest.popFirst() {
                guard let head = try reader.receive(line: Array(piece).span) else { continue }
                reading.add(head)
                reading.isFinal = reader.isFinal
            }
        } catch {
            reading.isRefused = true
        }
        return (reading, rest)
    }

    private mutating func add(_ head: ResponseHead) {
        heads.append("\(head.status) \(head.framing) \(Transcript.lines(head.fields))")
    }

    /// What libcurl makes up for HTTP/2 in the words of HTTP/1.1.
    /// - Returns: with it whether each head was one of HTTP/2, in order.
    private static func translate(_ lines: [ArraySlice<UInt8>]) -> (message: [UInt8], areHTTP2: [Bool]) {
        var (message, areHTTP2): ([UInt8], [Bool]) = ([], [])
        var isFirst = true
        for line in lines {
            if isFirst {
                let isHTTP2 = line.prefix(7).map { ASCII.lowercased($0) } == Array("http/2 ".utf8)
                areHTTP2.append(isHTTP2)
                message += isHTTP2 ? Array("HTTP/1.1".utf8) + line.dropFirst(6) : Array(line)
            } else {
                message += line
            }
            isFirst = line.elementsEqual([0x0D, 0x0A])
        }
        return (message, areHTTP2)
    }
}

extension Array where Element == UInt8 {
    /// Each up to its line feed, and with it; what is behind the last is left out.
    var wholeLines: [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = startIndex
        for index in indices where self[index] == 0x0A {
            lines.append(self[start...index])
            start = index + 1
        }
        return lines
    }
}
