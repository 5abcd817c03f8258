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
        /// The name's first eight bytes as a number, which settles the order of most: no name holds a NUL, so that zeros may
        /// stand for what a short one does not have.
        var beginning: UInt64
    }

    private var output: CanonicalText
    /// The members of every object that is open, the innermost object's last.
    private var members: ContiguousArray<Member> = []
    /// Names whose escapes had to be put into their one form.
    private var rewrittenNames = ByteBuffer()
    /// A string or number on its way into its one form.
    private var rewritten = ByteBuffer()
    /// A value that is passed over, or -1, and where it would stand.
    private var omitted = -1
    private var gap = 0

    private init(sizeBytes: Int) { output = CanonicalText(sizeBytes: sizeBytes) }

    /// - Returns: nil when an object anywhere has two members of one name, escapes undone.
    static func write(_ document: JSONDocument) -> ByteBuffer? {
        let text = document.bytes.readableBytesUInt8Span
        var writer = CanonicalWriter(sizeBytes: text.count)
        guard writer.value(JSONDocument.root, document.nodes.span, text) else { return nil }
        return writer.output.finish(text)
    }

    /// The same with one value missing.
    /// - Returns: as above, and where the value is missing.
    static func write(_ document: JSONDocument, omitting node: Int) -> (rest: ByteBuffer, gap: Int)? {
        let text = document.bytes.readableBytesUInt8Span
        var writer = CanonicalWriter(sizeBytes: text.count - document.range(node).count)
        writer.omitted = node
        guard writer.value(JSONDocument.root, document.nodes.span, text) else { return nil }
        return (writer.output.finish(text), writer.gap)
    }

    /// The canonical form of one value.
    static func write(_ node: Int, of document: JSONDocument) -> ByteBuffer? {
        let text = document.bytes.readableBytesUInt8Span
        var writer = CanonicalWriter(sizeBytes: document.range(node).count)
        guard writer.value(node, document.nodes.span, text) else { return nil }
        return writer.output.finish(text)
    }

    private mutating func value(_ node: Int, _ nodes: Span<JSONNode>, _ text: Span<UInt8>) -> Bool {
        if node == omitted {
            gap = output.mark(text)
            return true
        }
        let leaf = nodes[node]
        switch leaf.kind {
        case .object:
            return object(node, nodes, text)
        case .array:
            return array(node, nodes, text)
        case .string where !leaf.isCanonical:
            output.append(UInt8(ascii: "\""), text)
            rewritten.clear()
            JSONString.writeCanonical(text, leaf.range.inside, into: &rewritten)
            output.append(rewritten: rewritten, text)
            output.append(UInt8(ascii: "\""), text)
        case .number where !leaf.isCanonical:
            rewritten.clear()
            JSONNumber(text, at: leaf.range.lowerBound)?.writeCanonical(text, into: &rewritten)
            output.append(rewritten: rewritten, text)
        case .string, .number, .true, .false, .null:
            output.append(leaf.range, text)
        }
        return true
    }

    private mutating func array(_ node: Int, _ nodes: Span<JSONNode>, _ text: Span<UInt8>) -> Bool {
        output.append(UInt8(ascii: "["), text)
        let end = Int(nodes[node].next)
        var element = node + 1
        while element < end {
            if element > node + 1 { output.append(UInt8(ascii: ","), text) }
            guard value(element, nodes, text) else { return false }
            element = Int(nodes[element].next)
        }
        output.append(UInt8(ascii: "]"), text)
        return true
    }

    private mutating func object(_ node: Int, _ nodes: Span<JSONNode>, _ text: Span<UInt8>) -> Bool {
        let base = members.count
        let namesEnd = rewrittenNames.writerIndex
        let end = Int(nodes[node].next)
        var name = node + 1
        while name < end {
            append(name: name, nodes[name], text)
            name = Int(nodes[name + 1].next)
        }
        sort(from: base, text)
        output.append(UInt8(ascii: "{"), text)
        var isFirst = true
        for index in base..<members.count {
            let member = members[index]
            if index > base, order(index - 1, index, text) == 0 { return false }
            let isLeftOut = nodes[member.name].isLeftOut
            let beginning = isLeftOut ? output.mark(text) : nil
            if !isFirst { output.append(UInt8(ascii: ","), text) }
            write(member, nodes[member.name], text)
            output.append(UInt8(ascii: ":"), text)
            guard value(member.name + 1, nodes, text) else { return false }
            if let beginning {
                // It was looked at for repeated names only.
                output.takeBack(to: beginning)
            } else {
                isFirst = false
            }
        }
        output.append(UInt8(ascii: "}"), text)
        while members.count > base { members.removeLast() }
        rewrittenNames.moveWriterIndex(to: namesEnd)
        return true
    }

    // MARK: Names

    private mutating func append(name: Int, _ node: JSONNode, _ text: Span<UInt8>) {
        let range = node.range.inside
        guard !node.isCanonical else {
            let beginning = Self.beginning(text, range)
            let (start, end) = (range.lowerBound, range.upperBound)
            return members.append(Member(name: name, start: start, end: end, isRewritten: false, beginning: beginning))
        }
        let start = rewrittenNames.writerIndex
        JSONString.writeCanonical(text, range, into: &rewrittenNames)
        let end = rewrittenNames.writerIndex
        let beginning = Self.beginning(rewrittenNames.readableBytesUInt8Span, start..<end)
        members.append(Member(name: name, start: start, end: end, isRewritten: true, beginning: beginning))
    }

    private static func beginning(_ text: Span<UInt8>, _ name: Range<Int>) -> UInt64 {
        var beginning: UInt64 = 0
        for index in name.prefix(8) { beginning = beginning << 8 | UInt64(text[index]) }
        return name.count < 8 ? beginning << UInt64(8 * (8 - name.count)) : beginning
    }

    private mutating func write(_ member: Member, _ node: JSONNode, _ text: Span<UInt8>) {
        guard member.isRewritten else { return output.append(node.range, text) }
        output.append(UInt8(ascii: "\""), text)
        let name = rewrittenNames.getSlice(at: member.start, length: member.end - member.start)
        output.append(rewritten: name ?? ByteBuffer(), text)
        output.append(UInt8(ascii: "\""), text)
    }

    // MARK: Order

    /// Insertion for the few members that objects of the API have, a heap for those that hostile ones have.
    private mutating func sort(from base: Int, _ text: Span<UInt8>) {
        let count = members.count - base
        guard count > 24 else {
            for index in base..<members.count {
                var place = index
                while place > base, order(place - 1, place, text) > 0 {
                    members.swapAt(place - 1, place)
                    place -= 1
                }
            }
            return
        }
        for root in (0..<count / 2).reversed() { siftDown(root, count, base, text) }
        for end in (1..<count).reversed() {
            members.swapAt(base, base + end)
            siftDown(0, end, base, text)
        }
    }

    private mutating func siftDown(_ start: Int, _ end: Int, _ base: Int, _ text: Span<UInt8>) {
        var root = start
        while true {
            var child = 2 * root + 1
            guard child < end else { return }
            if child + 1 < end, order(base + child, base + child + 1, text) < 0 { child += 1 }
            guard order(base + root, base + child, text) < 0 else { return }
            members.swapAt(base + root, base + child)
            root = child
        }
    }

    /// Negative, zero or positive, as the left member's name comes before, is, or comes after the right one's.
    @inline(__always)
    private mutating func order(_ left: Int, _ right: Int, _ text: Span<UInt8>) -> Int {
        let (leftStart, rightStart) = (members[left].beginning, members[right].beginning)
        if leftStart != rightStart { return leftStart < rightStart ? -1 : 1 }
        return orderOfWhole(members[left], members[right], text)
    }

    private func orderOfWhole(_ left: Member, _ right: Member, _ text: Span<UInt8>) -> Int {
        let leftText = left.isRewritten ? rewrittenNames.readableBytesUInt8Span : text
        let rightText = right.isRewritten ? rewrittenNames.readableBytesUInt8Span : text
        let count = min(left.end - left.start, right.end - right.start)
        for offset in 0..<count {
            let difference = Int(leftText[left.start + offset]) - Int(rightText[right.start + offset])
            if difference != 0 { return difference }
        }
        return (left.end - left.start) - (right.end - right.start)
    }
}
