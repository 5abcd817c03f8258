/// Reads a Dictionary of RFC 9651 (Structured Field Values) as far as cache directives need it: every type is
/// checked, and what is neither a Boolean nor a String is kept as it stands. Parameters are checked and left out (RFC 9213 §2.1).
struct StructuredDictionary {
    enum Value: Equatable {
        case boolean(Bool)
        /// What it says.
        case string([UInt8])
        /// The letters of any other item or inner list as they stand there.
        case other([UInt8])
    }

    struct Member: Equatable {
        var key: [UInt8]
        var value: Value
    }

    private struct Malformed: Error {}
    private var position = 0

    /// - Returns: the members in order, each key once with its last value (RFC 9651 §4.2.2), or nil where `text` is
    ///   not a Dictionary. Nothing at all is an empty one.
    static func parse(_ text: Span<UInt8>) -> [Member]? {
        var parser = StructuredDictionary()
        return try? parser.members(text)
    }

    private mutating func members(_ text: Span<UInt8>) throws(Malformed) -> [Member] {
        var members: [Member] = []
        skipSpaces(text)
        while position < text.count {
            let member = Member(key: try key(text), value: try memberValue(text))
            members.removeAll { $0.key == member.key }
            members.append(member)
            skipBlanks(text)
            if position == text.count { return members }
            guard take(ASCII.comma, text) else { throw Malformed() }
            skipBlanks(text)
            guard position < text.count else { throw Malformed() }
        }
        return members
    }

    private mutating func memberValue(_ text: Span<UInt8>) throws(Malformed) -> Value {
        guard take(ASCII.equals, text) else {
            try parameters(text)
            return .boolean(true)
        }
        let value = peek(text) == 0x28 ? try innerList(text) : try bareItem(text)
        try parameters(text)
        return value
    }

    /// `(item item)`, each with its parameters (RFC 9651 §4.2.1.2).
    private mutating func innerList(_ text: Span<UInt8>) throws(Malformed) -> Value {
        let start = position
        position += 1
        while position < text.count {
            skipSpaces(text)
            if take(0x29, text) { return .other(letters(start, text)) }
            _ = try bareItem(text)
            try parameters(text)
            guard peek(text) == ASCII.space || peek(text) == 0x29 else { throw Malformed() }
        }
        throw Malformed()
    }

    /// `;key=item`, any number of them (RFC 9651 §4.2.3.2).
    private mutating func parameters(_ text: Span<UInt8>) throws(Malformed) {
        while take(ASCII.semicolon, text) {
            skipSpaces(text)
            _ = try key(text)
            if take(ASCII.equals, text) { _ = try bareItem(text) }
        }
    }

    private mutating func key(_ text: Span<UInt8>) throws(Malformed) -> [UInt8] {
        let start = position
        guard let first = peek(text), first == 0x2A || Self.isLowercase(first) else { throw Malformed() }
        while let byte = peek(text),
            Self.isLowercase(byte) || ASCII.isDigit(byte) || byte == 0x5F || byte == 0x2D || byte == 0x2E
                || byte == 0x2A
        {
            position += 1
        }
        return letters(start, text)
    }

    private mutating func bareItem(_ text: Span<UInt8>) throws(Malformed) -> Value {
        let start = position
        switch peek(text) {
        case ASCII.quote?: return .string(try string(text))
        case 0x3F?:
            position += 1
            if take(0x31, text) { return .boolean(true) }
            if take(0x30, text) { return .boolean(false) }
            throw Malformed()
        case ASCII.colon?: try byteSequence(text)
        case 0x40?:
            position += 1
            guard try number(text) else { throw Malformed() }
        case 0x25?:
            position += 1
            guard peek(text) == ASCII.quote else { throw Malformed() }
            _ = try string(text)
        case let byte? where byte == 0x2D || ASCII.isDigit(byte): _ = try number(text)
        case let byte? where byte == 0x2A || Self.isLowercase(ASCII.lowercased(byte)):
            while let byte = peek(text), ASCII.isTokenCharacter(byte) || byte == ASCII.colon || byte == 0x2F {
                position += 1
            }
        case _: throw Malformed()
        }
        return .other(letters(start, text))
    }

    /// - Returns: whether it is an Integer rather than a Decimal (RFC 9651 §4.2.4).
    private mutating func number(_ text: Span<UInt8>) throws(Malformed) -> Bool {
        _ = take(0x2D, text)
        let whole = digits(text)
        guard whole > 0 else { throw Malformed() }
        guard take(0x2E, text) else {
            guard whole <= 15 else { throw Malformed() }
            return true
        }
        let fraction = digits(text)
        guard whole <= 12, (1...3).contains(fraction) else { throw Malformed() }
        return false
    }

    /// RFC 9651 §4.2.5.
    private mutating func string(_ text: Span<UInt8>) throws(Malformed) -> [UInt8] {
        var content: [UInt8] = []
        position += 1
        while let byte = peek(text) {
            position += 1
            switch byte {
            case ASCII.quote: return content
            case ASCII.backslash:
                guard let escaped = peek(text), escaped == ASCII.quote || escaped == ASCII.backslash else {
                    throw Malformed()
                }
                position += 1
                content.append(escaped)
            case 0x20..<0x7F: content.append(byte)
            case _: throw Malformed()
            }
        }
        throw Malformed()
    }

    /// `:base64:` (RFC 9651 §4.2.7).
    private mutating func byteSequence(_ text: Span<UInt8>) throws(Malformed) {
        position += 1
        while let byte = peek(text), byte != ASCII.colon {
            let isBase64 =
                Self.isLowercase(ASCII.lowercased(byte)) || ASCII.isDigit(byte)
                || byte == 0x2B || byte == 0x2F || byte == ASCII.equals
            guard isBase64 else { throw Malformed() }
            position += 1
        }
        guard take(ASCII.colon, text) else { throw Malformed() }
    }

    // MARK: Single bytes

    private func peek(_ text: Span<UInt8>) -> UInt8? { position < text.count ? text[position] : nil }

    private mutating func take(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        guard peek(text) == byte else { return false }
        position += 1
        return true
    }

    private mutating func digits(_ text: Span<UInt8>) -> Int {
        let start = position
        while let byte = peek(text), ASCII.isDigit(byte) { position += 1 }
        return position - start
    }

    private mutating func skipSpaces(_ text: Span<UInt8>) {
        while peek(text) == ASCII.space { position += 1 }
    }

    private mutating func skipBlanks(_ text: Span<UInt8>) {
        while let byte = peek(text), ASCII.isBlank(byte) { position += 1 }
    }

    private func letters(_ start: Int, _ text: Span<UInt8>) -> [UInt8] {
        (start..<position).map { text[$0] }
    }

    private static func isLowercase(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
}
