import NIOCore

/// The counts of a `usage` object, by whatever names the provider gives them. What is no count, and what lies deeper, has
/// no meaning for a part of a call, or for several.
struct ItemUsage {
    private(set) var counts: [(name: ByteBuffer, count: Int)] = []

    init(_ document: JSONDocument, _ node: Int) {
        for member in document.members(node) {
            guard let count = document.integer(member.value) else { continue }
            // Whatever an upstream says, sums of these do not overflow.
            counts.append((document.slice(member.name), min(max(0, count), 1 << 40)))
        }
    }

    func shared(_ share: (Int) -> Int) -> ItemUsage {
        var shared = self
        for index in counts.indices { shared.counts[index].count = share(counts[index].count) }
        return shared
    }

    /// Adds the counts of another, by their names.
    mutating func add(_ other: ItemUsage) {
        for (name, count) in other.counts {
            if let index = counts.firstIndex(where: { $0.name == name }) {
                counts[index].count += count
            } else {
                counts.append((name, count))
            }
        }
    }

    func write(into output: inout ByteBuffer) {
        output.writeInteger(UInt8(ascii: "{"))
        for (index, (name, count)) in counts.enumerated() {
            if index > 0 { output.writeInteger(UInt8(ascii: ",")) }
            output.writeImmutableBuffer(name)
            output.writeInteger(UInt8(ascii: ":"))
            output.writeString(String(count))
        }
        output.writeInteger(UInt8(ascii: "}"))
    }
}
