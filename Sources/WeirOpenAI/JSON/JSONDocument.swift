import NIOCore

/// A JSON text and the list of its nodes: values are looked up where they lie, nothing is copied or boxed until
/// somebody asks for it. A node is named by its place in the list; the text's own value is ``root``.
struct JSONDocument: Sendable {
    /// The text, from index 0 on.
    let bytes: ByteBuffer
    private(set) var nodes: ContiguousArray<JSONNode>

    static let root = 0

    /// Scans the readable bytes.
    init(_ buffer: ByteBuffer) throws(JSONError) {
        bytes = buffer.slice()
        let text = bytes
        nodes = try JSONScanner.scan(text.readableBytesUInt8Span)
    }

    /// Keeps a member out of the canonical form, wherever it lies.
    mutating func leaveOut(name: Int) { nodes[name].isLeftOut = true }

    // MARK: Kinds

    func kind(_ node: Int) -> JSONNode.Kind { nodes[node].kind }
    func isNull(_ node: Int) -> Bool { nodes[node].kind == .null }
    func isTrue(_ node: Int) -> Bool { nodes[node].kind == .true }

    /// An array or object without anything in it.
    func isEmpty(_ node: Int) -> Bool {
        (nodes[node].kind == .array || nodes[node].kind == .object) && Int(nodes[node].next) == node + 1
    }

    // MARK: Members and elements

    /// The members of an object, in their order; none when the node is something else.
    func members(_ node: Int) -> JSONMembers {
        nodes[node].kind == .object ? JSONMembers(nodes, node + 1, Int(nodes[node].next)) : JSONMembers(nodes, 0, 0)
    }

    /// The elements of an array, in their order; none when the node is something else.
    func elements(_ node: Int) -> JSONElements {
        nodes[node].kind == .array ? JSONElements(nodes, node + 1, Int(nodes[node].next)) : JSONElements(nodes, 0, 0)
    }

    /// The first member with this name.
    func member(_ name: String, of node: Int) -> JSONMembers.Element? {
        for member in members(node) where isNamed(member.name, name) { return member }
        return nil
    }

    /// The value of the first member with this name; nil when there is none or it is `null`.
    func value(_ name: String, of node: Int) -> Int? {
        guard let value = member(name, of: node)?.value, !isNull(value) else { return nil }
        return value
    }

    /// Whether a member's name is this one, escapes undone.
    func isNamed(_ name: Int, _ expected: String) -> Bool {
        let node = nodes[name]
        if node.hasEscape {
            return string(name).map { $0.utf8.elementsEqual(expected.utf8) } ?? false
        }
        let expected = expected.utf8.span
        guard Int(node.end - node.start) == expected.count + 2 else { return false }
        let name = bytes.readableBytesUInt8Span.extracting(node.range.inside)
        for index in expected.indices where name[index] != expected[index] { return false }
        return true
    }

    // MARK: Values

    /// The bytes of a value as they stand.
    func slice(_ node: Int) -> ByteBuffer { slice(range(node)) }

    func slice(_ range: Range<Int>) -> ByteBuffer {
        bytes.getSlice(at: range.lowerBound, length: range.count) ?? ByteBuffer()
    }

    func range(_ node: Int) -> Range<Int> { nodes[node].range }

    /// Between the quotes of a string, escapes as they stand.
    func textRange(_ node: Int) -> Range<Int> { nodes[node].range.inside }

    /// A string's text; nil for other kinds, and when it holds a surrogate without its partner.
    func string(_ node: Int) -> String? {
        guard nodes[node].kind == .string else { return nil }
        return JSONString.text(bytes.readableBytesUInt8Span, textRange(node), hasEscape: nodes[node].hasEscape)
    }

    func string(_ name: String, of node: Int) -> String? { value(name, of: node).flatMap(string) }

    /// Whether a string's text is this one.
    func isString(_ node: Int, _ expected: String) -> Bool {
        nodes[node].kind == .string && isNamed(node, expected)
    }

    /// A number written as an integer that fits; nil for everything else.
    func integer(_ node: Int) -> Int? {
        guard nodes[node].kind == .number else { return nil }
        let span = bytes.readableBytesUInt8Span
        var range = range(node)
        let isNegative = span[range.lowerBound] == UInt8(ascii: "-")
        if isNegative { range = range.lowerBound + 1..<range.upperBound }
        guard range.count <= 18 else { return nil }
        var value = 0
        for index in range {
            guard span[index] &- 0x30 < 10 else { return nil }
            value = value * 10 + Int(span[index] & 0xF)
        }
        return isNegative ? -value : value
    }

    func integer(_ name: String, of node: Int) -> Int? { value(name, of: node).flatMap(integer) }
}
