/// Reads a chunked body as RFC 9112 §7.1 has it, whole and slowly: what Weir's own reader is compared with.
enum SecondChunkReader {
    enum Outcome { case whole(end: Int), incomplete, malformed }

    /// - Returns: the body as far as it goes, and how it ends.
    static func read(_ input: [UInt8]) -> ([UInt8], Outcome) {
        var body: [UInt8] = []
        var position = 0
        while true {
            guard let end = lineEnd(input, position) else { return (body, .incomplete) }
            let line = input[position..<end]
            let digits = line.prefix { isHexadecimal($0) }
            let rest = line.dropFirst(digits.count)
            guard let size = UInt64(String(decoding: digits, as: UTF8.self), radix: 16), digits.count <= 15,
                rest.isEmpty || rest.first == 0x3B, rest.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { return (body, .malformed) }
            position = end + 2
            if size == 0 { break }
            let available = min(UInt64(input.count - position), size)
            body += input[position..<position + Int(available)]
            position += Int(available)
            guard available == size, position + 2 <= input.count else { return (body, .incomplete) }
            guard input[position] == 0x0D, input[position + 1] == 0x0A else { return (body, .malformed) }
            position += 2
        }
        while let end = lineEnd(input, position) {
            if end == position { return (body, .whole(end: end + 2)) }
            position = end + 2
        }
        return (body, .incomplete)
    }

    private static func lineEnd(_ input: [UInt8], _ start: Int) -> Int? {
        var index = start
        while index + 1 < input.count {
            if input[index] == 0x0D, input[index + 1] == 0x0A { return index }
            index += 1
        }
        return nil
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
