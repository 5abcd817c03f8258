import WeirCache

/// What a client has sent of bodies and nobody has taken, as far as it is here: counted in the budget for requests under
/// way. Most connections never have any, and pay for none.
struct UntakenBytes {
    private var account: BufferAccount?
    private(set) var count = 0

    /// - Parameter bytes: how many there are now.
    /// - Returns: whether there is memory for them.
    mutating func set(_ bytes: Int, of budget: BufferBudget) -> Bool {
        count = bytes
        guard bytes > 0 else {
            // Gives back what it has counted.
            account = nil
            return true
        }
        let counted = account ?? BufferAccount(budget)
        account = counted
        return counted.set(bytes)
    }
}
