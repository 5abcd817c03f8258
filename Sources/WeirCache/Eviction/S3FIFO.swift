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
        /// Of the lowest bits: uses (3), the queue (2), and what there is room for of the fingerprint.
        private var bits: UInt32
        var size: Int
        /// Towards the head: what came later.
        var newer: EntryHandle
        /// Towards the tail.
        var older: EntryHandle

        /// In no queue yet.
        init(element: Element?, size: Int, fingerprint: UInt32) {
            self.element = element
            self.size = size
            bits = fingerprint << 5
            newer = .none
            older = .none
        }

        var uses: UInt8 {
            @inline(__always) get { UInt8(truncatingIfNeeded: bits & 7) }
            @inline(__always) set { bits = bits & ~7 | UInt32(newValue) }
        }

        var queue: Queue {
            get { Queue(rawValue: UInt8(truncatingIfNeeded: bits >> 3 & 3)) ?? .none }
            set { bits = bits & ~24 | UInt32(newValue.rawValue) << 3 }
        }

        var fingerprint: UInt32 { bits >> 5 }
    }

    private struct List {
        var head = EntryHandle.none
        var tail = EntryHandle.none
        var bytes = 0
    }

    /// How far a walk over all elements has got.
    private struct Walk {
        var isMain = false
        /// Nothing where it is at a queue's tail.
        var last = EntryHandle.none
    }

    /// Bytes of the small queue: one in this many.
    private static var smallShare: Int { 50 }
    private static var maxUses: UInt8 { 7 }
    /// Fingerprints remembered: one for this many entries.
    private static var ghostShare: Int { 8 }
    private static var minGhosts: Int { 8 }

    private var nodes = Slab(vacant: Node(element: nil, size: 0, fingerprint: 0))
    private var small = List()
    private var main = List()
    private var ghosts = GhostQueue()
    private var walk: Walk?
    /// Where the next sweep for dead elements begins.
    private var sweepIndex = 0

    var count: Int { nodes.count }
    var bytes: Int { small.bytes + main.bytes }
    /// Slots of the slab, used and free: what ``element(at:)`` can be asked for.
    var slots: Int { nodes.slots }
    var hasPageToSpare: Bool { nodes.hasPageToSpare }

    // MARK: Elements

    /// The element in a slot of the slab; nil where the slot is free, or is no more.
    func element(at slot: Int) -> Element? { nodes.isTaken(slot) ? nodes[Int32(slot)].element : nil }

    func element(_ handle: EntryHandle) -> Element {
        guard let element = nodes[handle.index].element else { preconditionFailure("Cannot read a freed entry") }
        return element
    }

    func size(_ handle: EntryHandle) -> Int { nodes[handle.index].size }

    /// Changes an element where it lies. It keeps its place and its uses.
    mutating func update<Result>(_ handle: EntryHandle, _ change: (inout Element) -> Result) -> Result {
        precondition(nodes[handle.index].element != nil, "Cannot change a freed entry")
        return change(&nodes[handle.index].element!)
    }

    mutating func resize(_ handle: EntryHandle, to size: Int) {
        let change = size - nodes[handle.index].size
        nodes[handle.index].size = size
        switch nodes[handle.index].queue {
        case .small: small.bytes += change
        case .main: main.bytes += change
        case .none: preconditionFailure("Cannot resize a freed entry")
        }
    }

    mutating func insert(_ element: Element, size: Int, fingerprint: UInt32) -> EntryHandle {
        let node = Node(element: element, size: size, fingerprint: fingerprint)
        let queue: Queue = ghosts.take(node.fingerprint) ? .main : .small
        let handle = EntryHandle(index: nodes.insert(node))
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
        let handle = EntryHandle(index: nodes.insert(Node(element: element, size: size, fingerprint: fingerprint)))
        let index = handle.index
        nodes[index].uses = min(standing.uses, Self.maxUses)
        nodes[index].queue = standing.isMain ? .main : .small
        if standing.isMain {
            Self.append(handle, size, on: &main, &nodes)
        } else {
            Self.append(handle, size, on: &small, &nodes)
        }
        return handle
    }

    /// The entry was asked for.
    @inline(__always)
    mutating func use(_ handle: EntryHandle) {
        let uses = nodes[handle.index].uses
        if uses < Self.maxUses { nodes[handle.index].uses = uses + 1 }
    }

    /// Takes an entry out.
    mutating func remove(_ handle: EntryHandle) {
        precondition(nodes[handle.index].element != nil, "Cannot remove an entry twice")
        unlink(handle)
        nodes.remove(handle.index)
    }

    // MARK: Walking

    /// From here on to ``endWalk()`` the elements are to be had with ``next()``. There is one walk at a time.
    mutating func beginWalk() {
        precondition(walk == nil, "Cannot begin a walk while there is another")
        walk = Walk()
    }

    mutating func endWalk() { walk = nil }

    /// The next element with its standing, from the first to go to the last; nil at the end. Whatever happens between two
    /// calls, each that stays is come to; what goes round meanwhile, or on to the main queue, is come to there as well.
    mutating func next() -> (element: Element, standing: EntryStanding)? {
        while let walk {
            let next = walk.last == .none ? (walk.isMain ? main : small).tail : nodes[walk.last.index].newer
            guard next == .none else {
                self.walk?.last = next
                let node = nodes[next.index]
                return node.element.map { ($0, EntryStanding(isMain: walk.isMain, uses: node.uses)) }
            }
            guard !walk.isMain else { return nil }
            self.walk = Walk(isMain: true)
        }
        return nil
    }

    // MARK: Moving

    /// What is to be moved next so that the slab's last page can go; nil where none is to spare.
    /// - Parameter steps: one is taken off for each page that goes.
    mutating func nextToMove(steps: inout Int) -> EntryHandle? {
        nodes.nextToMove(steps: &steps).map { EntryHandle(index: $0) }
    }

    /// Moves an entry to a lower slot. It keeps its place in its queue.
    /// - Returns: where it lies now.
    mutating func move(_ handle: EntryHandle) -> EntryHandle {
        let moved = EntryHandle(index: nodes.move(handle.index))
        if walk?.last == handle { walk?.last = moved }
        switch nodes[moved.index].queue {
        case .small: Self.relink(moved, on: &small, &nodes)
        case .main: Self.relink(moved, on: &main, &nodes)
        case .none: preconditionFailure("Cannot move a freed entry")
        }
        return moved
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
        slots = min(slots, nodes.slots)
        while slots > 0 {
            slots -= 1
            sweepIndex = sweepIndex + 1 < nodes.slots ? sweepIndex + 1 : 0
            if let element = element(at: sweepIndex), isDead(element) {
                return EntryHandle(index: Int32(sweepIndex))
            }
        }
        return nil
    }

    private mutating func victimOfSmall() -> EntryHandle? {
        let handle = small.tail
        guard nodes[handle.index].uses > 0 else {
            ghosts.remember(nodes[handle.index].fingerprint, limit: max(Self.minGhosts, count / Self.ghostShare))
            return handle
        }
        unlink(handle)
        nodes[handle.index].uses = 0
        push(handle, .main)
        return nil
    }

    private mutating func victimOfMain() -> EntryHandle? {
        let handle = main.tail
        guard nodes[handle.index].uses > 0 else { return handle }
        unlink(handle)
        nodes[handle.index].uses -= 1
        push(handle, .main)
        return nil
    }

    // MARK: Links

    private mutating func push(_ handle: EntryHandle, _ queue: Queue) {
        let index = handle.index
        nodes[index].queue = queue
        nodes[index].newer = .none
        switch queue {
        case .small: Self.push(handle, nodes[index].size, on: &small, &nodes)
        case .main: Self.push(handle, nodes[index].size, on: &main, &nodes)
        case .none: preconditionFailure("Cannot link an entry nowhere")
        }
    }

    private static func push(_ handle: EntryHandle, _ size: Int, on list: inout List, _ nodes: inout Slab<Node>) {
        nodes[handle.index].older = list.head
        if list.head != .none {
            nodes[list.head.index].newer = handle
        } else {
            list.tail = handle
        }
        list.head = handle
        list.bytes += size
    }

    private static func append(_ handle: EntryHandle, _ size: Int, on list: inout List, _ nodes: inout Slab<Node>) {
        nodes[handle.index].newer = list.tail
        if list.tail != .none {
            nodes[list.tail.index].older = handle
        } else {
            list.head = handle
        }
        list.tail = handle
        list.bytes += size
    }

    private mutating func unlink(_ handle: EntryHandle) {
        // What came before it has been come to.
        if walk?.last == handle { walk?.last = nodes[handle.index].older }
        switch nodes[handle.index].queue {
        case .small: Self.unlink(handle, from: &small, &nodes)
        case .main: Self.unlink(handle, from: &main, &nodes)
        case .none: preconditionFailure("Cannot unlink a freed entry")
        }
        nodes[handle.index].queue = .none
    }

    private static func unlink(_ handle: EntryHandle, from list: inout List, _ nodes: inout Slab<Node>) {
        let (newer, older) = (nodes[handle.index].newer, nodes[handle.index].older)
        if newer != .none { nodes[newer.index].older = older } else { list.head = older }
        if older != .none { nodes[older.index].newer = newer } else { list.tail = newer }
        list.bytes -= nodes[handle.index].size
    }

    /// Its neighbours are told where it lies.
    private static func relink(_ handle: EntryHandle, on list: inout List, _ nodes: inout Slab<Node>) {
        let (newer, older) = (nodes[handle.index].newer, nodes[handle.index].older)
        if newer != .none { nodes[newer.index].older = handle } else { list.head = handle }
        if older != .none { nodes[older.index].newer = handle } else { list.tail = handle }
    }
}
