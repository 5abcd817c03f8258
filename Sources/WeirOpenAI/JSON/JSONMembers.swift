/// The members of an object in a ``JSONDocument``: the nodes of their names and values.
struct JSONMembers: Sequence, IteratorProtocol {
    typealias Element = (name: Int, value: Int)

    private let nodes: ContiguousArray<JSONNode>
    private var position: Int
    private let end: Int

    init(_ nodes: ContiguousArray<JSONNode>, _ position: Int, _ end: Int) {
        self.nodes = nodes
        self.position = position
        self.end = end
    }

    mutating func next() -> Element? {
        guard position < end else { return nil }
        let name = position
        position = Int(nodes[name + 1].next)
        return (name, name + 1)
    }
}
