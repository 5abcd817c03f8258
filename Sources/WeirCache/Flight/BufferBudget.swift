import Synchronization

/// One figure for all the memory that requests under way hold for others or until they are whole: bodies that are keys,
/// and answers that many read. Shared by all event loops.
///
/// What is under way may finish, with as little as it can; ``isExhausted`` keeps new work out meanwhile.
package final class BufferBudget: Sendable {
    private let limit: Atomic<Int>
    private let used = Atomic<Int>(0)

    package init(capacity: Int) { limit = Atomic(capacity) }

    /// Bytes. A lower one holds for what comes; what is held already is kept.
    package var capacity: Int {
        get { limit.load(ordering: .relaxed) }
        set { limit.store(newValue, ordering: .relaxed) }
    }

    /// Bytes held now.
    package var bytes: Int { used.load(ordering: .relaxed) }

    package var isExhausted: Bool { bytes >= capacity }

    fileprivate func change(by bytes: Int) { if bytes != 0 { used.add(bytes, ordering: .relaxed) } }
}

/// What one holder has taken of a ``BufferBudget``; given back with its last reference.
package final class BufferAccount: Sendable {
    private let budget: BufferBudget
    private let held = Atomic<Int>(0)

    package init(_ budget: BufferBudget) { self.budget = budget }

    deinit { budget.change(by: -held.load(ordering: .relaxed)) }

    package var isBudgetExhausted: Bool { budget.isExhausted }

    /// The holder has so many bytes now. Called by one at a time.
    /// - Returns: whether all holders together keep to the capacity.
    @discardableResult
    package func set(_ bytes: Int) -> Bool {
        budget.change(by: bytes - held.exchange(bytes, ordering: .relaxed))
        return budget.bytes <= budget.capacity
    }
}
