package import NIOCore

/// An upstream's answer to a request for several items, to be cut into the answers that each would have got alone.
package struct ItemAnswer: Sendable {
    private let document: JSONDocument
    private let endpoint: APIEndpoint
    /// The member that holds the items.
    private let list: Int
    /// In the order of the request's.
    private let items: [Int]
    package let usage: Usage?
    package let model: String?

    /// - Parameters:
    ///   - body: the whole body of a 200, without content coding.
    ///   - count: how many items were asked for.
    /// - Returns: nil where it is not an answer with exactly these.
    package init?(_ body: ByteBuffer, endpoint: APIEndpoint, count: Int) {
        let root = JSONDocument.root
        guard let name = endpoint.itemsName, let document = try? JSONDocument(body), document.kind(root) == .object,
            AnswerInspector.verdict(document, endpoint, []) == .storable,
            let list = document.member(name, of: root),
            // Two of them are no answer that could be cut.
            document.members(root).reduce(0, { $0 + (document.isNamed($1.name, name) ? 1 : 0) }) == 1,
            let items = Self.ordered(Array(document.elements(list.value)), document), items.count == count
        else { return nil }
        self.document = document
        self.endpoint = endpoint
        self.list = list.name
        self.items = items
        usage = document.value("usage", of: root).flatMap { Usage(document, $0) }
        model = document.string("model", of: root)
    }

    /// By their `index`, where they have one; nil where two have the same, or one is out of bounds.
    private static func ordered(_ items: [Int], _ document: JSONDocument) -> [Int]? {
        let indices = items.map { document.integer("index", of: $0) }
        guard indices.contains(where: { $0 != nil }) else { return items }
        var ordered = [Int?](repeating: nil, count: items.count)
        for (item, index) in zip(items, indices) {
            guard let index, ordered.indices.contains(index), ordered[index] == nil else { return nil }
            ordered[index] = item
        }
        return ordered.compactMap { $0 }
    }

    /// The answer that an item would have got alone, with its share of the usage. It holds nothing of what the request said
    /// of itself.
    package func alone(_ item: Int, shares: ItemShares) -> ItemPart {
        let node = items[item]
        var place = ItemPlace(item: 0..<0, index: nil, usage: nil)
        var output = ByteBufferAllocator().buffer(capacity: document.range(node).count + 256)
        output.writeInteger(UInt8(ascii: "{"))
        for member in document.members(JSONDocument.root) {
            if EchoedMembers.names.contains(where: { document.isNamed(member.name, $0) }) { continue }
            if output.readableBytes > 1 { output.writeInteger(UInt8(ascii: ",")) }
            output.writeImmutableBuffer(document.slice(member.name))
            output.writeInteger(UInt8(ascii: ":"))
            if member.name == list {
                write(node, into: &output, &place)
            } else if document.isNamed(member.name, "usage"), document.kind(member.value) == .object {
                let start = output.writerIndex
                ItemUsage(document, member.value).shared { shares.share(of: $0, item: item) }.write(into: &output)
                place.usage = start..<output.writerIndex
            } else {
                output.writeImmutableBuffer(document.slice(member.value))
            }
        }
        output.writeInteger(UInt8(ascii: "}"))
        return ItemPart(body: output, place: place)
    }

    /// Writes it as the only one of its list.
    private func write(_ node: Int, into output: inout ByteBuffer, _ place: inout ItemPlace) {
        output.writeInteger(UInt8(ascii: "["))
        let range = document.range(node)
        let start = output.writerIndex
        if let index = document.value("index", of: node).map(document.range) {
            output.writeImmutableBuffer(document.slice(range.lowerBound..<index.lowerBound))
            place.index = output.writerIndex..<output.writerIndex + 1
            output.writeInteger(UInt8(ascii: "0"))
            output.writeImmutableBuffer(document.slice(index.upperBound..<range.upperBound))
        } else {
            output.writeImmutableBuffer(document.slice(range))
        }
        place.item = start..<output.writerIndex
        output.writeInteger(UInt8(ascii: "]"))
    }
}
