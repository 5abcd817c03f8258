package import NIOCore

extension FieldSection {
    /// The members of a comma-separated list field over all its lines, in order (RFC 9110 §5.6.1): without the white
    /// space around them, empty ones left out. A comma within a quoted string belongs to it; a quoted string that
    /// does not end runs to the end of its line.
    package func listMembers(_ name: FieldName) -> [ByteBufferView] {
        var members: [ByteBufferView] = []
        for line in lines where line.name == name { Self.addMembers(of: value(of: line), to: &members) }
        return members
    }

    private static func addMembers(of value: ByteBufferView, to members: inout [ByteBufferView]) {
        var start = value.startIndex
        while start < value.endIndex {
            let end = endOfMember(in: value, from: start)
            var first = start
            var last = end
            while first < last, ASCII.isBlank(value[first]) { first += 1 }
            while last > first, ASCII.isBlank(value[last - 1]) { last -= 1 }
            if first < last { members.append(value[first..<last]) }
            start = end + 1
        }
    }

    /// The comma behind the member, or the value's end.
    private static func endOfMember(in value: ByteBufferView, from start: Int) -> Int {
        var index = start
        var isQuoted = false
        while index < value.endIndex {
            switch value[index] {
            case ASCII.quote: isQuoted.toggle()
            case ASCII.backslash where isQuoted: index += 1
            case ASCII.comma where !isQuoted: return index
            default: break
            }
            index += 1
        }
        return value.endIndex
    }
}
