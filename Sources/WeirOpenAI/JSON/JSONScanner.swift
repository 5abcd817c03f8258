/// Checks a JSON text (RFC 8259, strictly) and lists its nodes, in one pass and without recursion.
///
/// What it takes: valid UTF-8 without a byte order mark, one value, no control character inside a string. Repeated
/// names pass here; ``CanonicalWriter`` finds them.
struct JSONScanner {
    /// Containers within containers. What the API defines needs fewer than 20.
    static let depthLimit = 128
    static let sizeLimitBytes = Int(UInt32.max) - 1

    private enum Expected { case value, valueOrEnd, name, nameOrEnd, colon, commaOrEnd, nothing }

    private var nodes: ContiguousArray<JSONNode> = []
    private var position = 0
    private var depth = 0
    /// The innermost container that is not closed; `noContainer` at the top.
    private var container = Self.noContainer
    private var expected = Expected.value

    private static let noContainer = UInt32.max

    /// Room for a node for every twelve bytes is seldom exceeded by requests.
    private init(sizeBytes: Int) { nodes.reserveCapacity(sizeBytes / 12 + 8) }

    static func scan(_ bytes: Span<UInt8>) throws(JSONError) -> ContiguousArray<JSONNode> {
        guard bytes.count <= sizeLimitBytes else { throw .tooLarge }
        var scanner = JSONScanner(sizeBytes: bytes.count)
        try scanner.run(bytes)
        return scanner.nodes
    }

    private mutating func run(_ bytes: Span<UInt8>) throws(JSONError) {
        while true {
            while position < bytes.count, Self.isSpace(bytes[position]) { position &+= 1 }
            guard position < bytes.count else { break }
            let byte = bytes[position]
            switch (expected, byte) {
            case (.commaOrEnd, UInt8(ascii: ",")):
                position += 1
                expected = nodes[Int(container)].kind == .object ? .name : .value
            case (.commaOrEnd, UInt8(ascii: "}")), (.nameOrEnd, UInt8(ascii: "}")):
                try close(.object)
            case (.commaOrEnd, UInt8(ascii: "]")), (.valueOrEnd, UInt8(ascii: "]")):
                try close(.array)
            case (.colon, UInt8(ascii: ":")):
                position += 1
                expected = .value
            case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")):
                try string(bytes)
                expected = .colon
            case (.value, _), (.valueOrEnd, _):
                try value(bytes, first: byte)
            default:
                throw byte < 0x80 ? .invalidJSON : Self.fault(bytes, at: position)
            }
        }
        guard expected == .nothing else { throw .invalidJSON }
    }

    private mutating func value(_ bytes: Span<UInt8>, first: UInt8) throws(JSONError) {
        switch first {
        case UInt8(ascii: "{"): try open(.object)
        case UInt8(ascii: "["): try open(.array)
        case UInt8(ascii: "\""):
            try string(bytes)
            valueEnded()
        case UInt8(ascii: "t"): try literal(bytes, "true", .true)
        case UInt8(ascii: "f"): try literal(bytes, "false", .false)
        case UInt8(ascii: "n"): try literal(bytes, "null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard let number = JSONNumber(bytes, at: position) else { throw .invalidJSON }
            append(.number, end: number.end, isCanonical: number.isCanonical)
            valueEnded()
        default:
            throw Self.fault(bytes, at: position)
        }
    }

    // MARK: Containers

    private mutating func open(_ kind: JSONNode.Kind) throws(JSONError) {
        guard depth < Self.depthLimit else { throw .tooDeep }
        depth += 1
        let node = UInt32(nodes.count)
        nodes.append(JSONNode(kind: kind, start: UInt32(position), end: 0, next: container))
        container = node
        position += 1
        expected = kind == .object ? .nameOrEnd : .valueOrEnd
    }

    private mutating func close(_ kind: JSONNode.Kind) throws(JSONError) {
        let node = Int(container)
        guard nodes[node].kind == kind else { throw .invalidJSON }
        position += 1
        container = nodes[node].next
        nodes[node].end = UInt32(position)
        nodes[node].next = UInt32(nodes.count)
        depth -= 1
        valueEnded()
    }

    private mutating func valueEnded() { expected = container == Self.noContainer ? .nothing : .commaOrEnd }

    // MARK: Leaves

    private mutating func append(_ kind: JSONNode.Kind, end: Int, hasEscape: Bool = false, isCanonical: Bool = true) {
        let next = UInt32(nodes.count + 1)
        nodes.append(
            JSONNode(
                kind: kind,
                hasEscape: hasEscape,
                isCanonical: isCanonical,
                start: UInt32(position),
                end: UInt32(end),
                next: next
            )
        )
        position = end
    }

    private mutating func literal(
        _ bytes: Span<UInt8>,
        _ text: String,
        _ kind: JSONNode.Kind
    ) throws(JSONError) {
        var index = position
        for byte in text.utf8 {
            guard index < bytes.count, bytes[index] == byte else { throw .invalidJSON }
            index += 1
        }
        append(kind, end: index)
        valueEnded()
    }

    /// Takes a string from its opening quote to its closing one.
    private mutating func string(_ bytes: Span<UInt8>) throws(JSONError) {
        var index = position + 1
        var hasEscape = false
        var isCanonical = true
        while true {
            index = JSONString.plainEnd(bytes, from: index)
            guard index < bytes.count else { throw .invalidJSON }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                return append(.string, end: index + 1, hasEscape: hasEscape, isCanonical: isCanonical)
            case UInt8(ascii: "\\"):
                guard let escape = JSONEscape(checking: bytes, at: index) else { throw .invalidJSON }
                hasEscape = true
                isCanonical = isCanonical && escape.isShortest
                index += escape.length
            case 0x80...:
                let length = UTF8Sequence.length(bytes, at: index)
                guard length > 0 else { throw .invalidUTF8 }
                index += length
            default:
                throw .invalidJSON
            }
        }
    }

    /// What is wrong with a byte that can begin nothing.
    private static func fault(_ bytes: Span<UInt8>, at index: Int) -> JSONError {
        bytes[index] >= 0x80 && UTF8Sequence.length(bytes, at: index) == 0 ? .invalidUTF8 : .invalidJSON
    }

    @inline(__always)
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
