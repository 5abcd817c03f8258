import NIOCore

/// Writes the canonical form of a JSON text: one and the same for all texts that mean the same.
///
/// Members are sorted by the bytes of their names' canonical form (not by UTF-16 code units as in RFC 8785: the form is
/// hashed here and compared nowhere else, and bytes need no conversion), white space between tokens is gone, strings
/// and numbers have the forms of ``JSONString`` and ``JSONNumber``, arrays keep their order. Recursion goes no deeper
/// than ``JSONScanner/depthLimit``, sorting needs `n log n` comparisons at most and no memory of its own.
struct CanonicalWriter {
    /// A member of an object that is being written, and where the canonical form of its name lies.
    private struct Member {
        var name: Int
        var start: Int
        var end: Int
        /// In `rewrittenNames`, not in the text.
        var isRewritten: Bool
    }

    private var output: ByteBuffer
    /// The members of every object that is open, the innermost object's last.
    private var members: ContiguousArray<Member> = []
    /// Names whose escapes had to be put into their one form.
    private var rewrittenNames = ByteBuffer()
    /// A value that is passed over, and where it would stand.
    private var omitted: Int?
    private var gap = 0

    private init(sizeBytes: Int) { output = ByteBufferAllocator().buffer(capacity: sizeBytes) }

    /// - Returns: nil when an object anywhere has two members of one name, escapes undone.
    static func write(_ document: JSONDocument) -> ByteBuffer? {
        var writer = CanonicalWriter(sizeBytes: document.bytes.readableBytes)
        guard writer.value(JSONDocument.root, document, document.bytes.readableBytesUInt8Span) else { return nil }
        return writer.output
    }

    /// The same with one value missing.
    /// - Returns: as above, and where the value is missing.
    static func write(_ document: JSONDocument, omitting node: Int) -> (rest: ByteBuffer, gap: Int)? {
        var writer = CanonicalWriter(sizeBytes: document.bytes.readableBytes - document.range(node).count)
        writer.omitted = node
        guard writer.value(JSONDocument.root, document, document.bytes.readableBytesUInt8Span) else { return nil }
        return (writer.output, writer.gap)
    }

    /// The canonical form of one value.
    static func write(_ node: Int, of document: JSONDocument) -> ByteBuffer? {
        var writer = CanonicalWriter(sizeBytes: document.range(node).count)
        guard writer.value(node, document, document.bytes.readableBytesUInt8Span) else { return nil }
        return writer.output
    }

    private mutating func value(_ node: Int, _ document: JSONDocument, _ bytes: Span<UInt8>) -> Bool {
        if node == omitted {
            gap = output.readableBytes
            return true
        }
        let range = document.range(node)
        switch document.kind(node) {
        case .object:
            return object(node, document, bytes)
        case .array:
            output.writeInteger(UInt8(ascii: "["))
            var isFirst = true
            for element in document.elements(node) {
                if !isFirst { output.writeInteger(UInt8(ascii: ",")) }
                isFirst = false
                guard value(element, document, bytes) else { return false }
            }
            output.writeInteger(UInt8(ascii: "]"))
        case .string where !document.nodes[node].isCanonical:
            output.writeInteger(UInt8(ascii: "\""))
            JSONString.writeCanonical(bytes, document.textRange(node), into: &output)
            output.writeInteger(UInt8(ascii: "\""))
        case .number where !document.nodes[node].isCanonical:
            JSONNumber(bytes, at: range.lowerBound)?.writeCanonical(bytes, into: &output)
        case .string, .number, .true, .false, .null:
            output.write(bytes, range)
        }
        return true
    }

    private mutating func object(_ node: Int, _ document: JSONDocument, _ bytes: Span<UInt8>) -> Bool {
        let base = members.count
        let namesEnd = rewrittenNames.writerIndex
        for member in document.members(node) { append(name: member.name, document, bytes) }
        sort(from: base, bytes)
        output.writeInteger(UInt8(ascii: "{"))
        var isFirst = true
        for index in base..<members.count {
            let member = members[index]
            if index > base, compare(members[index - 1], member, bytes) == 0 { return false }
            let beginning = output.writerIndex
            if !isFirst { output.writeInteger(UInt8(ascii: ",")) }
            output.writeInteger(UInt8(ascii: "\""))
            if member.isRewritten {
                let name = rewrittenNames.getSlice(at: member.start, length: member.end - member.start)
                output.writeImmutableBuffer(name ?? ByteBuffer())
            } else {
                output.write(bytes, member.start..<member.end)
            }
            output.writeStaticString("\":")
            guard value(member.name + 1, document, bytes) else { return false }
            if document.nodes[member.name].isLeftOut {
                // It was looked at for repeated names only.
                output.moveWriterIndex(to: beginning)
            } else {
                isFirst = false
            }
        }
        output.writeInteger(UInt8(ascii: "}"))
        members.removeLast(members.count - base)
        rewrittenNames.moveWriterIndex(to: namesEnd)
        return true
    }

    private mutating func append(name: Int, _ document: JSONDocument, _ bytes: Span<UInt8>) {
        let range = document.textRange(name)
        if document.nodes[name].isCanonical {
            members.append(Member(name: name, start: range.lowerBound, end: range.upperBound, isRewritten: false))
        } else {
            let start = rewrittenNames.writerIndex
            JSONString.writeCanonical(bytes, range, into: &rewrittenNames)
            members.append(Member(name: name, start: start, end: rewrittenNames.writerIndex, isRewritten: true))
        }
    }

    // MARK: Order

    /// Insertion for the few members that objects of the API have, a heap for those that hostile ones have.
    private mutating func sort(from base: Int, _ bytes: Span<UInt8>) {
        let count = members.count - base
        guard count > 24 else {
            for index in base..<members.count {
                var place = index
                while place > base, compare(members[place - 1], members[place], bytes) > 0 {
                    members.swapAt(place - 1, place)
                    place -= 1
                }
            }
            return
        }
        for root in (0..<count / 2).reversed() { siftDown(root, count, base, bytes) }
        for end in (1..<count).reversed() {
            members.swapAt(base, base + end)
            siftDown(0, end, base, bytes)
        }
    }

    private mutating func siftDown(_ start: Int, _ end: Int, _ base: Int, _ bytes: Span<UInt8>) {
        var root = start
        while true {
            var child = 2 * root + 1
            guard child < end else { return }
            if child + 1 < end, compare(members[base + child], members[base + child + 1], bytes) < 0 { child += 1 }
            guard compare(members[base + root], members[base + child], bytes) < 0 else { return }
            members.swapAt(base + root, base + child)
            root = child
        }
    }

    /// Negative, zero or positive, as the left name's bytes come before, are, or come after the right one's.
    private func compare(_ left: Member, _ right: Member, _ bytes: Span<UInt8>) -> Int {
        let leftNames = left.isRewritten ? rewrittenNames.readableBytesUInt8Span : bytes
        let rightNames = right.isRewritten ? rewrittenNames.readableBytesUInt8Span : bytes
        let count = min(left.end - left.start, right.end - right.start)
        for offset in 0..<count {
            let difference = Int(leftNames[left.start + offset]) - Int(rightNames[right.start + offset])
            if difference != 0 { return difference }
        }
        return (left.end - left.start) - (right.end - right.start)
    }
}
