/// Who a call goes to, as one event loop knows it.
struct RedisRoutes {
    private enum Way {
        case single(RedisEndpoint)
        /// - Parameters:
        ///   - map: nil until a node has told it.
        ///   - moved: what has been heard since then.
        case cluster(map: SlotMap?, moved: [HashSlot: RedisEndpoint])
    }

    private var way: Way

    init(_ place: RedisSettings.Place) {
        switch place {
        case .single(let endpoint): way = .single(endpoint)
        case .cluster: way = .cluster(map: nil, moved: [:])
        }
    }

    var isCluster: Bool {
        if case .cluster = way { true } else { false }
    }

    /// - Returns: nil where nobody has its slot, or any node will do.
    func endpoint(for call: RedisCall) -> RedisEndpoint? {
        switch way {
        case .single(let endpoint): endpoint
        case .cluster(let map, let moved): call.slot.flatMap { moved[$0] ?? map?.master(of: $0) }
        }
    }

    mutating func learn(_ map: SlotMap) {
        guard case .cluster(let former, _) = way, former !== map else { return }
        way = .cluster(map: map, moved: [:])
    }

    /// A node has sent a command on for good.
    /// - Returns: whether that is news.
    mutating func learn(_ slot: HashSlot, _ endpoint: RedisEndpoint) -> Bool {
        guard case .cluster(let map, var moved) = way, (moved[slot] ?? map?.master(of: slot)) != endpoint else {
            return false
        }
        moved[slot] = endpoint
        way = .cluster(map: map, moved: moved)
        return true
    }
}
