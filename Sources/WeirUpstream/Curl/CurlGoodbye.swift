import WeirHTTP

/// Whether an HTTP/2 upstream has said that it has not looked at a request: GOAWAY, with a last stream before the
/// request's own (RFC 9113 §6.8).
///
/// libcurl keeps that to itself, but for what it tells people who trace it. Where its words are others than these, nothing
/// is known, which is what there would be without them.
struct CurlGoodbye {
    private var stream: UInt32?
    private var lastStream: UInt32?

    var isUnprocessed: Bool {
        guard let stream, let lastStream else { return false }
        return lastStream < stream
    }

    /// One of libcurl's lines about the transfer.
    mutating func note(_ line: Span<UInt8>) {
        guard let first = line.isEmpty ? nil : line[0] else { return }
        switch first {
        // Up to 8.2.
        case UInt8(ascii: "U"): if let number = Self.number(in: line, after: "Using Stream ID: ") { stream = number }
        // From 8.3 on.
        case UInt8(ascii: "["): if let number = Self.number(in: line, after: "[HTTP/2] [") { stream = number }
        case UInt8(ascii: "r"):
            // The first of them is how it is spelt up to 8.0.
            for words in ["recveived GOAWAY, error=", "received GOAWAY, error="] as [StaticString] {
                guard Self.number(in: line, after: words) != nil else { continue }
                lastStream = Self.last(in: line, behind: "last_stream=")
            }
        default: break
        }
    }

    /// Another connection: what was said on the one before is about that one.
    mutating func reset() { self = CurlGoodbye() }

    private static func number(in line: Span<UInt8>, after prefix: StaticString) -> UInt32? {
        let count = prefix.utf8CodeUnitCount
        guard line.count > count, ASCII.equalIgnoringCase(line.extracting(first: count), prefix) else { return nil }
        return digits(in: line, from: count)
    }

    private static func last(in line: Span<UInt8>, behind words: StaticString) -> UInt32? {
        let count = words.utf8CodeUnitCount
        guard line.count > count else { return nil }
        for start in 0..<(line.count - count)
        where ASCII.equalIgnoringCase(line.extracting(start..<(start + count)), words) {
            return digits(in: line, from: start + count)
        }
        return nil
    }

    private static func digits(in line: Span<UInt8>, from start: Int) -> UInt32? {
        var value: UInt32?
        var index = start
        while index < line.count, case let digit = line[index] &- 0x30, digit < 10 {
            let (product, isTooLarge) = (value ?? 0).multipliedReportingOverflow(by: 10)
            guard !isTooLarge else { return nil }
            value = product &+ UInt32(digit)
            index += 1
        }
        return value
    }
}
