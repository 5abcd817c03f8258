/// The few field lines that decide how a message is framed and routed, found in one pass.
struct FramingFields: Sendable {
    /// A field that may stand in a head once.
    struct Once: Sendable {
        var line: FieldLine?
        var isRepeated = false

        mutating func add(_ line: FieldLine) {
            isRepeated = self.line != nil
            self.line = line
        }
    }

    var contentLength = Once()
    var transferEncoding = Once()
    var host = Once()
    var expect = Once()
    var hasConnection = false

    init(_ lines: [FieldLine]) {
        for line in lines {
            switch line.name {
            case .contentLength: contentLength.add(line)
            case .transferEncoding: transferEncoding.add(line)
            case .host: host.add(line)
            case .expect: expect.add(line)
            case .connection: hasConnection = true
            default: continue
            }
        }
    }

    /// What Content-Length and Transfer-Encoding say (RFC 9112 §6), nil where neither is there. Whatever two
    /// readers could understand differently is refused.
    func framing(in head: Span<UInt8>, version: HTTPVersion) throws(MessageError) -> BodyFraming? {
        if let coding = transferEncoding.line {
            guard !transferEncoding.isRepeated else { throw MessageError("Transfer-Encoding is repeated") }
            guard contentLength.line == nil else {
                throw MessageError("there are both Content-Length and Transfer-Encoding")
            }
            guard version >= .http11 else { throw MessageError("there is Transfer-Encoding in HTTP/1.0") }
            try Self.checkCoding(head.extracting(coding.valueRange))
            return .chunked
        }
        guard let length = contentLength.line else { return nil }
        guard !contentLength.isRepeated else { throw MessageError("Content-Length is repeated") }
        guard let count = Self.number(head.extracting(length.valueRange)) else {
            throw MessageError("Content-Length is not a decimal number within range")
        }
        return .length(count)
    }

    /// Whether the sender lets the connection live on (RFC 9112 §9.3).
    func isPersistent(_ version: HTTPVersion, _ section: FieldSection) -> Bool {
        guard hasConnection else { return version >= .http11 }
        let options = ConnectionOptions(section)
        return !options.close && (version >= .http11 || options.keepAlive)
    }

    /// Nothing but `chunked` is understood: 501 for other codings under a final `chunked`, 400 for what frames
    /// no request (RFC 9112 §6.1, §6.3).
    private static func checkCoding(_ value: Span<UInt8>) throws(MessageError) {
        if ASCII.equalIgnoringCase(value, "chunked") { return }
        var start = 0
        var others = 0
        while true {
            while start < value.count, ASCII.isBlank(value[start]) { start += 1 }
            let end = value.endOfToken(from: start)
            guard end > start else { break }
            let isChunked = ASCII.equalIgnoringCase(value.extracting(start..<end), "chunked")
            if end == value.count, isChunked, others > 0 { throw MessageError(501, "a transfer coding is not chunked") }
            guard !isChunked else { break }
            others += 1
            var next = end
            while next < value.count, ASCII.isBlank(value[next]) { next += 1 }
            guard next < value.count, value[next] == ASCII.comma else { break }
            start = next + 1
        }
        throw MessageError("Transfer-Encoding is not chunked")
    }

    /// Decimal digits without a leading zero, at most `Int64.max`.
    static func number(_ digits: Span<UInt8>) -> UInt64? {
        guard digits.count > 0, digits.count <= 19, digits.count == 1 || digits[0] != 0x30 else { return nil }
        var value: UInt64 = 0
        for index in digits.indices {
            guard ASCII.isDigit(digits[index]) else { return nil }
            // Nineteen digits are fewer than 2^64.
            value = value &* 10 &+ UInt64(digits[index] &- 0x30)
        }
        return value <= UInt64(Int64.max) ? value : nil
    }
}
