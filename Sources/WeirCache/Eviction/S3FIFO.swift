/// What goes when memory is short: S3-FIFO (SOSP '23), weighed by bytes, over a slab of linked nodes.
///
///     insert ─────────────▶ small ────(used)──────▶ main ─▶ tail: used? once more round, one use less : out
///        │                    │ tail, never used      ▲
///        │                    ▼                       │
///        │                  ghost (fingerprints)      │
///        └──(in ghost: it came back too soon)─────────┘
///
/// Most of what arrives is asked for once; it passes through the small queue without touching the main one. A use
/// is a counter going up: nothing moves, so a lookup is cheap. The share of the small queue, the ceiling of the
/// counter and the length of the ghost are those that served best over traces of all kinds (docs/ARCHITECTURE.md, the
/// store).
///
/// A pure machine: the shard around it owns the budget, asks for victims and knows what else refers to them.
struct S3FIFO<Element>: ~Copyable {
    private enum Queue: UInt8 { case none, small, main }

    private struct Node {
        var element: Element?
        var size: Int
        var fingerprint: UInt32
        /// Towards the head: what came later.
        var newer: EntryHandle
        /// Towards the tail; in a free node the next free one.
        var older: EntryHandle
        var queue: Queue
        var uses: UInt8
    }

    private struct List {
        var head = EntryHandle.none
        var tail = EntryHandle.none
        var bytes = 0

        mutating func move(_ moves: SlabMoves) {
            head = moves[head]
            tail = moves[tail]
        }
    }

    /// Bytes of the small queue: one in this many.
    private static var smallShare: Int { 50 }
    private static var maxUses: UInt8 { 7 }
    /// Fingerprints remembered: one for this many entries.
    private static var ghostShare: Int { 8 }
    private static var minGhosts: Int { 8 }

    private var nodes: [Node] = []
    private var free = EntryHandle.none
    private var small = List()
    private var main = List()
    private var ghosts = GhostQueue()
    /// Where the next sweep for dead elements begins.
    private var sweepIndex = 0

    private(set) var count = 0

    var bytes: Int { small.bytes + main.bytes }
    /// Slots of the slab, used and free: what ``element(at:)`` can be asked for.
    var slots: Int { nodes.count }
    var isMostlyFree: Bool { SlabMoves.areDue(slots: nodes.count, taken: count) }

    // MARK: Elements

    /// The element in a slot of the slab; nil where the slot is free, or is no more.
    func element(at slot: Int) -> Element? { nodes.indices.contains(slot) ? nodes[slot].element : nil }

    func element(_ handle: EntryHandle) -> Element {
        guard let element = nodes[Int(handle.index)].element else { preconditionFailure("Cannot read a freed entry") }
        return element
    }

    func size(_ handle: EntryHandle) -> Int { nodes[Int(handle.index)].size }

    /// Changes an element where it lies. It keeps its place and its uses.
    mutating func update<Result>(_ handle: EntryHandle, _ change: (inout Element) -> Result) -> Result {
        precondition(nodes[Int(handle.index)].element != nil, "Cannot change a freed entry")
        return change(&nodes[Int(handle.index)].element!)
    }

    /// Changes every element where it lies.
    mutating func updateAll(_ change: (inout Element) -> Void) {
        for index in nodes.indices where nodes[index].element != nil { change(&nodes[index].element!) }
    }

    mutating func resize(_ handle: EntryHandle, to size: Int) {
        let change = size - nodes[Int(handle.index)].size
        nodes[Int(handle.index)].size = size
        switch nodes[Int(handle.index)].queue {
        case .small: small.bytes += change
        case .main: main.bytes += change
        case .none: preconditionFailure("Cannot resize a freed entry")
        }
    }

    mutating func insert(_ element: Element, size: Int, fingerprint: UInt32) -> EntryHandle {
        let queue: Queue = ghosts.take(fingerprint) ? .main : .small
        let handle = place(element, size: size, fingerprint: fingerprint)
        push(handle, queue)
        return handle
    }

    /// Puts an element where it stood in another machine: behind everything that is in its queue, as the next to go.
    mutating func restore(
        _ element: Element,
        size: Int,
        fingerprint: UInt32,
        standing: EntryStanding
    ) -> EntryHandle {
        let handle = place(element, size: size, fingerprint: fingerprint)
        let index = Int(handle.index)
        nodes[index].uses = min(standing.uses, Self.maxUses)
        nodes[index].queue = standing.isMain ? .main : .small
        if standing.isMain {
            Self.append(handle, size, on: &main, &nodes)
        } else {
            Self.append(handle, size, on: &small, &nodes)
        }
        return handle
    }

    /// Every element with its standing, from the last to go to the first: restored in this order each stands where it
    /// stood.
    func forEachElement(_ body: (Element, EntryStanding) -> Void) {
        for (list, isMain) in [(main, true), (small, false)] {
            var handle = list.head
            while handle != .none {
                let node = nodes[Int(handle.index)]
                if let element = node.element { body(element, EntryStanding(isMain: isMain, uses: node.uses)) }
                handle = node.older
            }
        }
    }

    /// Takes a slot, in no queue yet.
    private mutating func place(_ element: Element, size: Int, fingerprint: UInt32) -> EntryHandle {
        let node = Node(
            element: element,
            size: size,
            fingerprint: fingerprint,
            newer: .none,
            older: .none,
            queue: .none,
            uses: 0
        )
        let handle: EntryHandle
        if free != .none {
            handle = free
            free = nodes[Int(handle.index)].older
            nodes[Int(handle.index)] = node
        } else {
            handle = EntryHandle(index: Int32(nodes.count))
            nodes.appendToSlab(node)
        }
        count += 1
        return handle
    }

    /// The entry was asked for.
    @inline(__always)
    mutating func use(_ handle: EntryHandle) {
        let uses = nodes[Int(handle.index)].uses
        if uses < Self.maxUses { nodes[Int(handle.index)].uses = uses + 1 }
    }

    /// Takes an entry out.
    mutating func remove(_ handle: EntryHandle) {
        precondition(nodes[Int(handle.index)].element != nil, "Cannot remove an entry twice")
        unlink(handle)
        nodes[Int(handle.index)].element = nil
        nodes[Int(handle.index)].older = free
        free = handle
        count -= 1
    }

    /// Leaves the free slots out. Every element keeps its place in its queue.
    mutating func compact() -> SlabMoves {
        let moves = SlabMoves(of: nodes) { $0.element != nil }
        nodes.compactSlab(moves) { node in
            node.newer = moves[node.newer]
            node.older = moves[node.older]
        }
        free = .none
        small.move(moves)
        main.move(moves)
        sweepIndex = 0
        return moves
    }

    // MARK: Victims

    /// Chooses what is least likely to be asked for again, for the caller to remove; nil when there is nothing left. If
    /// it comes back soon, it is known.
    mutating func victim() -> EntryHandle? {
        while true {
            if main.tail == .none || small.bytes * Self.smallShare >= bytes {
                guard small.tail != .none else { return nil }
                if let victim = victimOfSmall() { return victim }
            } else if let victim = victimOfMain() {
                return victim
            }
        }
    }

    /// Looks at the next few slots, going round the slab from call to call.
    /// - Parameter slots: how many may be looked at; those that have been are taken off.
    /// - Returns: the first that is dead, still in its place.
    mutating func sweep(slots: inout Int, where isDead: (Element) -> Bool) -> EntryHandle? {
        slots = min(slots, nodes.count)
        while slots > 0 {
            slots -= 1
            sweepIndex = sweepIndex + 1 < nodes.count ? sweepIndex + 1 : 0
            if let element = nodes[sweepIndex].element, isDead(element) {
                return EntryHandle(index: Int32(sweepIndex))
            }
        }
        return nil
    }

    private mutating func victimOfSmall() -> EntryHandle? {
        let handle = small.tail
        guard nodes[Int(handle.index)].uses > 0 else {
            ghosts.remember(nodes[Int(handle.index)].fingerprint, limit: max(Self.minGhosts, count / Self.ghostShare))
            return handle
        }
        unlink(handle)
        nodes[Int(handle.index)].uses = 0
        push(handle, .main)
        return nil
    }

    private mutating func victimOfMain() -> EntryHandle? {
        let handle = main.tail
        guard nodes[Int(handle.index)].uses > 0 else { return handle }
        unlink(handle)
        nodes[Int(handle.index)].uses -= 1
        push(handle, .main)
        return nil
    }

    // MARK: Links

    private mutating func push(_ handle: EntryHandle, _ queue: Queue) {
        let index = Int(handle.index)
        nodes[index].queue = queue
        nodes[index].newer = .none
        switch queue {
        case .small: Self.push(handle, nodes[index].size, on: &small, &nodes)
        case .main: Self.push(handle, nodes[index].size, on: &main, &nodes)
        case .none: preconditionFailure("Cannot link an entry nowhere")
        }
    }

    private static func push(_ handle: EntryHandle, _ size: Int, on list: inout List, _ nodes: inout [Node]) {
        nodes[Int(handle.index)].older = list.head
        if list.head != .none {
            nodes[Int(list.head.index)].newer = handle
        } else {
            list.tail = handle
        }
        list.head = handle
        list.bytes += size
    }

    private static func append(_ handle: EntryHandle, _ size: Int, on list: inout List, _ nodes: inout [Node]) {
        nodes[Int(handle.index)].newer = list.tail
        if list.tail != .none {
            nodes[Int(list.tail.index)].older = handle
        } else {
            list.head = handle
        }
        list.tail = handle
        list.bytes += size
    }

    private mutating func unlink(_ handle: EntryHandle) {
        switch nodes[Int(handle.index)].queue {
        case .small: Self.unlink(handle, from: &small, &nodes)
        case .main: Self.unlink(handle, from: &main, &nodes)
        case .none: preconditionFailure("Cannot unlink a freed entry")
        }
        nodes[Int(handle.index)].queue = .none
    }

    private static func unlink(_ handle: EntryHandle, from list: inout List, _ nodes: inout [Node]) {
        let (newer, older) = (nodes[Int(handle.index)].newer, nodes[Int(handle.index)].older)
        if newer != .none { nodes[Int(newer.index)].older = older } else { list.head = older }
        if older != .none { nodes[Int(older.index)].newer = newer } else { list.tail = newer }
        list.bytes -= nodes[Int(handle.index)].size
    }
}
