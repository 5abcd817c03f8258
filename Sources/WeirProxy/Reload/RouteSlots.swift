/// Where each route's counters stand in every worker's ``WorkerMetrics``: by the route's name, so that they go on
/// through reloads, and through a route's going and coming back.
///
///     named ──(not in a new configuration)──▶ gone ──(too many are gone)──▶ free, its counts added to the rest
///       ▲ └──────────(in it again)────────────┘                              │
///       └──────────────────────(another route takes it)──────────────────────┘
///
/// A pure value; ``Proxy`` drives it, one reload after the other.
struct RouteSlots {
    /// Routes that are gone and whose counters are kept for their return. A route's counters take some 30 KB a worker.
    static let maxGone = 32

    private var slots: [String: Int] = [:]
    /// The longest gone first.
    private var gone: [String] = []
    private var free: [Int] = []
    /// Slots there are: how long each worker's array has to be.
    private(set) var count = 0

    /// The slots of a new configuration's routes, in its order.
    /// - Parameters:
    ///   - names: of all its routes.
    ///   - isInUse: whether a request of a former generation may still count there.
    /// - Returns: the slots, and those whose counts are to be added to the rest before a request can count there anew.
    mutating func assign(_ names: [String], isInUse: (Int) -> Bool) -> (slots: [Int], emptied: [Int]) {
        let present = Set(names)
        gone.removeAll { present.contains($0) }
        gone += slots.keys.filter { !present.contains($0) && !gone.contains($0) }.sorted()
        let emptied = forget(isInUse: isInUse)
        return (names.map { slot(of: $0) }, emptied)
    }

    private mutating func forget(isInUse: (Int) -> Bool) -> [Int] {
        var emptied: [Int] = []
        for name in gone where gone.count - emptied.count > Self.maxGone {
            guard let slot = slots[name], !isInUse(slot) else { continue }
            slots[name] = nil
            emptied.append(slot)
        }
        gone.removeAll { slots[$0] == nil }
        free += emptied
        return emptied
    }

    private mutating func slot(of name: String) -> Int {
        if let slot = slots[name] { return slot }
        let slot = free.popLast() ?? count
        count = max(count, slot + 1)
        slots[name] = slot
        return slot
    }
}
