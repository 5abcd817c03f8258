/// The elements of an array in a ``JSONDocument``, as nodes.
struct JSONElements: Sequence, IteratorProtocol {
    private let nodes: ContiguousArray<JSONNode>
    private var position: Int
    private let end: Int

    init(_ nodes: ContiguousArray<JSONNode>, _ position: Int, _ end: Int) {
        self.nodes = nodes
        self.position = position
        self.end = end
    }

    mutating func next() -> Int? {
        guard position < end else { return nil }
        defer { position = Int(nodes[position].next) }
        return position
    }
}
