package import NIOCore

/// The header or trailer section of a message (RFC 9110 §5, §6.3, §6.5): one contiguous buffer, and where each
/// line's name and value lie in it. No string is made until somebody asks for one.
///
///     storage  H o s t :   a . e x \r \n A c c e p t :   * / * \r \n
///     lines    └name┘      └value┘       └─ name ──┘     └value┘
package struct FieldSection: Sendable {
    package private(set) var storage: ByteBuffer
    package private(set) var lines: [FieldLine]

    package init() {
        storage = ByteBuffer()
        lines = []
    }

    /// - Parameter lines: indices into `storage`, each within its readable bytes.
    package init(storage: ByteBuffer, lines: [FieldLine]) {
        self.storage = storage
        self.lines = lines
    }

    package var isEmpty: Bool { lines.isEmpty }

    // MARK: Reading

    package func contains(_ name: FieldName) -> Bool { lines.contains { $0.name == name } }

    /// The first line's value with this name.
    package func first(_ name: FieldName) -> ByteBufferView? {
        for line in lines where line.name == name { return value(of: line) }
        return nil
    }

    /// The first line's value with this name, in any case, known or not.
    package func first(named name: String) -> ByteBufferView? {
        let known = FieldName.recognise(name)
        if known != .other { return first(known) }
        for line in lines where line.name == .other && spells(line, name.utf8.span) { return value(of: line) }
        return nil
    }

    /// Every line's value with this name, in order.
    package func values(_ name: FieldName) -> some Sequence<ByteBufferView> {
        lines.lazy.filter { $0.name == name }.map { value(of: $0) }
    }

    /// Every line's value with this name, in any case, known or not, in order.
    package func values(named name: String) -> [ByteBufferView] {
        let known = FieldName.recognise(name)
        var values: [ByteBufferView] = []
        for line in lines where line.name == known && (known != .other || spells(line, name.utf8.span)) {
            values.append(value(of: line))
        }
        return values
    }

    /// How many lines carry this name.
    package func count(of name: FieldName) -> Int { lines.reduce(0) { $0 + ($1.name == name ? 1 : 0) } }

    package func string(_ name: FieldName) -> String? { first(name).map { String(decoding: $0, as: UTF8.self) } }

    package func string(named name: String) -> String? {
        first(named: name).map { String(decoding: $0, as: UTF8.self) }
    }

    package func name(of line: FieldLine) -> ByteBufferView {
        view(start: line.nameStart, length: UInt32(line.nameLength))
    }

    package func value(of line: FieldLine) -> ByteBufferView {
        view(start: line.valueStart, length: line.valueLength)
    }

    private func view(start: UInt32, length: UInt32) -> ByteBufferView {
        storage.viewBytes(at: Int(start), length: Int(length)) ?? ByteBufferView()
    }

    /// A line's range as offsets into the storage's readable bytes, for ``ByteBuffer/readableBytesUInt8Span``.
    func readableRange(_ range: Range<Int>) -> Range<Int> {
        (range.lowerBound - storage.readerIndex)..<(range.upperBound - storage.readerIndex)
    }

    /// Whether the line's name is this one in any case.
    private func spells(_ line: FieldLine, _ name: Span<UInt8>) -> Bool {
        guard Int(line.nameLength) == name.count else { return false }
        return ASCII.equalIgnoringCase(
            storage.readableBytesUInt8Span.extracting(readableRange(line.nameRange)),
            name
        )
    }

    // MARK: Changing

    package mutating func append(_ name: FieldName, _ value: String) {
        append(name, bytes: value.utf8)
    }

    package mutating func append(_ name: FieldName, bytes: some Collection<UInt8>) {
        precondition(name != .other, "Cannot append a field without its name")
        let nameStart = storage.writerIndex
        storage.writeStaticString(name.canonicalName)
        appendValue(bytes, name: name, nameStart: nameStart)
    }

    /// - Parameter name: any field name; must be a token.
    package mutating func append(named name: String, bytes: some Collection<UInt8>) {
        let nameStart = storage.writerIndex
        storage.writeString(name)
        appendValue(bytes, name: FieldName.recognise(name), nameStart: nameStart)
    }

    package mutating func append(named name: String, _ value: String) { append(named: name, bytes: value.utf8) }

    /// Takes over a line of another section as it stands there.
    package mutating func append(_ line: FieldLine, of other: FieldSection) {
        let start = UInt32(storage.writerIndex)
        other.write(line, into: &storage)
        lines.append(
            FieldLine(
                name: line.name,
                nameStart: start,
                nameLength: line.nameLength,
                valueStart: start + UInt32(line.nameLength) + 2,
                valueLength: line.valueLength
            )
        )
    }

    private mutating func appendValue(_ bytes: some Collection<UInt8>, name: FieldName, nameStart: Int) {
        let nameLength = storage.writerIndex - nameStart
        storage.writeStaticString(": ")
        let valueStart = storage.writerIndex
        let valueLength = storage.writeBytes(bytes)
        blankControls(in: valueStart..<(valueStart + valueLength))
        storage.writeStaticString("\r\n")
        lines.append(
            FieldLine(
                name: name,
                nameStart: UInt32(nameStart),
                nameLength: UInt16(nameLength),
                valueStart: UInt32(valueStart),
                valueLength: UInt32(valueLength)
            )
        )
    }

    /// Makes spaces of what no value may hold, so that no value can end its line (RFC 9110 §5.5).
    private mutating func blankControls(in range: Range<Int>) {
        let end = readableRange(range).upperBound
        var offset = readableRange(range).lowerBound
        while true {
            offset = storage.readableBytesUInt8Span.extracting(..<end).endOfText(from: offset)
            guard offset < end else { return }
            storage.setInteger(ASCII.space, at: storage.readerIndex + offset)
        }
    }

    /// Leaves exactly one line with this name.
    package mutating func set(_ name: FieldName, _ value: String) {
        removeAll(name)
        append(name, value)
    }

    package mutating func removeAll(_ name: FieldName) { lines.removeAll { $0.name == name } }

    package mutating func removeAll(in names: FieldNameSet) { lines.removeAll { names.contains($0.name) } }

    /// Removes every line with this name, in any case, known or not.
    package mutating func removeAll(named name: String) {
        let known = FieldName.recognise(name)
        guard known == .other else { return removeAll(known) }
        let section = self
        lines.removeAll { $0.name == .other && section.spells($0, name.utf8.span) }
    }

    package mutating func removeAll(where condition: (FieldLine) -> Bool) { lines.removeAll(where: condition) }

    /// Makes room for what is going to be appended.
    package mutating func reserve(lines count: Int, bytes: Int) {
        lines.reserveCapacity(count)
        storage.reserveCapacity(bytes)
    }

    // MARK: Writing

    /// Writes `name: value CRLF` for each line but those named, in their order; no empty line at the end.
    package func write(into buffer: inout ByteBuffer, skipping skipped: FieldNameSet = []) {
        write(into: &buffer) { !skipped.contains($0.name) }
    }

    /// Writes `name: value CRLF` for each line that is to be kept, in their order; no empty line at the end.
    ///
    /// Lines that stand in the storage as they are to be written, and next to each other, go in one piece.
    package func write(into buffer: inout ByteBuffer, where isKept: (FieldLine) -> Bool) {
        var run = 0..<0
        for line in lines where isKept(line) {
            guard let range = writtenRange(of: line) else {
                flush(run, into: &buffer)
                run = 0..<0
                writeParts(of: line, into: &buffer)
                continue
            }
            if run.upperBound == range.lowerBound, !run.isEmpty {
                run = run.lowerBound..<range.upperBound
            } else {
                flush(run, into: &buffer)
                run = range
            }
        }
        flush(run, into: &buffer)
    }

    /// Writes one line, its CRLF included.
    package func write(_ line: FieldLine, into buffer: inout ByteBuffer) {
        if let range = writtenRange(of: line) {
            flush(range, into: &buffer)
        } else {
            writeParts(of: line, into: &buffer)
        }
    }

    private func writeParts(of line: FieldLine, into buffer: inout ByteBuffer) {
        buffer.writeBytes(name(of: line))
        buffer.writeStaticString(": ")
        buffer.writeBytes(value(of: line))
        buffer.writeStaticString("\r\n")
    }

    private func flush(_ run: Range<Int>, into buffer: inout ByteBuffer) {
        guard !run.isEmpty else { return }
        buffer.writeBytes(view(start: UInt32(run.lowerBound), length: UInt32(run.count)))
    }

    /// Where the storage holds `name: value CRLF` byte for byte, if it does.
    private func writtenRange(of line: FieldLine) -> Range<Int>? {
        guard line.valueStart == line.nameStart + UInt32(line.nameLength) + 2 else { return nil }
        let range = line.nameRange.lowerBound..<(line.valueRange.upperBound + 2)
        let bytes = storage.readableBytesUInt8Span
        let offsets = readableRange(range)
        guard offsets.upperBound <= bytes.count else { return nil }
        let nameEnd = offsets.lowerBound + Int(line.nameLength)
        let isWritten =
            bytes[nameEnd] == ASCII.colon && bytes[nameEnd + 1] == ASCII.space
            && bytes[offsets.upperBound - 2] == ASCII.carriageReturn && bytes[offsets.upperBound - 1] == ASCII.lineFeed
        return isWritten ? range : nil
    }

    /// Each line as `name: value CRLF`, in their order, in a buffer of its own; see ``init(written:)``.
    package func written() -> ByteBuffer {
        var text = ByteBuffer()
        text.reserveCapacity(lines.reduce(0) { $0 + Int($1.nameLength) + Int($1.valueLength) + 4 })
        write(into: &text)
        return text
    }

    /// A copy that holds its own bytes and nothing else: what is kept for long must not keep a read buffer alive.
    package func compacted() -> FieldSection {
        var copy = FieldSection()
        copy.lines.reserveCapacity(lines.count)
        copy.storage.reserveCapacity(lines.reduce(0) { $0 + Int($1.nameLength) + Int($1.valueLength) + 4 })
        for line in lines { copy.append(line, of: self) }
        return copy
    }
}

extension FieldSection: Equatable {
    /// Same lines in the same order, names in any case.
    package static func == (left: FieldSection, right: FieldSection) -> Bool {
        left.lines.count == right.lines.count
            && zip(left.lines, right.lines).allSatisfy {
                ASCII.equalIgnoringCase(left.name(of: $0), right.name(of: $1))
                    && left.value(of: $0) == right.value(of: $1)
            }
    }
}

extension FieldSection: ExpressibleByDictionaryLiteral {
    /// For tests and for fields of Weir's own: `["Content-Type": "application/json"]`.
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (name, value) in elements { append(named: name, value) }
    }
}
