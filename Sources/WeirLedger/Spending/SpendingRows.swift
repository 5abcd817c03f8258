/// Spending by names that others choose (models, users, values of a persona): a row for each of the first, and one more
/// for all that come once there are ``limit`` of them, and for names too long to be kept. No name can be mistaken for that one.
package struct SpendingRows: Sendable, Equatable {
    package private(set) var rows: [String: SpendingCounts] = [:]
    /// Of all names that have no row.
    package private(set) var other = SpendingCounts()
    /// How many rows there are at most.
    package let limit: Int

    /// In bytes.
    package static let longestName = 256

    package init(limit: Int) { self.limit = limit }

    /// - Parameter mayTake: how many rows there may be already for this name to get one; ``limit`` where nil.
    mutating func update(_ name: String, mayTake places: Int? = nil, _ change: (inout SpendingCounts) -> Void) {
        let hasPlace = rows.count < min(limit, places ?? limit) && name.utf8.count <= Self.longestName
        if hasPlace || rows[name] != nil {
            change(&rows[name, default: SpendingCounts()])
        } else {
            change(&other)
        }
    }

    /// Adds another's rows, those that cost most first, so that they keep theirs.
    package mutating func add(_ others: SpendingRows) {
        for (name, counts) in others.sorted { update(name) { $0.add(counts) } }
        other.add(others.other)
    }

    /// What was spent and saved most first; where that is the same, by name.
    package var sorted: [(name: String, counts: SpendingCounts)] {
        rows.map { (name: $0.key, counts: $0.value) }.sorted { left, right in
            let amounts = (left.counts.amount, right.counts.amount)
            return amounts.0 != amounts.1 ? amounts.0 > amounts.1 : left.name < right.name
        }
    }
}

extension SpendingCounts {
    fileprivate var amount: Money { spent.cost + saved.cost }
}
