import Synchronization

/// The bytes that all shards together may hold. Room is reserved before an entry goes in and given back after one
/// has left, so that the sum of the entries never goes over it.
struct MemoryBudget: ~Copyable, Sendable {
    private let limit: Atomic<Int>
    private let reserved = Atomic<Int>(0)

    init(capacity: Int) { limit = Atomic(capacity) }

    /// Where it is made smaller than what is used, nothing more can be reserved until enough has been given back.
    var capacity: Int {
        get { limit.load(ordering: .relaxed) }
        nonmutating set { limit.store(newValue, ordering: .relaxed) }
    }

    var used: Int { reserved.load(ordering: .relaxed) }

    /// Bytes that have to be given back before so many more fit.
    func shortfall(of bytes: Int) -> Int { used + bytes - capacity }

    /// - Returns: whether there was room; nothing is reserved where not.
    func reserve(_ bytes: Int) -> Bool {
        var used = used
        let capacity = capacity
        while used + bytes <= capacity {
            let (exchanged, now) = reserved.weakCompareExchange(
                expected: used,
                desired: used + bytes,
                ordering: .relaxed
            )
            if exchanged { return true }
            used = now
        }
        return false
    }

    func release(_ bytes: Int) {
        guard bytes != 0 else { return }
        reserved.subtract(bytes, ordering: .relaxed)
    }
}
