package import WeirProxy

/// Upstream calls for items of embeddings and moderations.
package struct BatchStatistics: Sendable, Encodable {
    package var calls: UInt64 = 0
    /// Of all calls together.
    package var items: UInt64 = 0
    /// Calls with as many items as each of ``BatchSizes/bounds`` or fewer.
    let cumulativeCounts: [UInt64]

    private enum CodingKeys: CodingKey { case calls, items }

    package init(_ sizes: BatchSizes = BatchSizes()) {
        calls = sizes.calls
        items = sizes.items
        cumulativeCounts = sizes.cumulativeCounts
    }
}
