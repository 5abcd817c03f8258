/// Where a number of tasks meet: each waits until all have arrived.
package final class Barrier: Sendable {
    private let count: Int
    private let arrived = Watched(0)

    package init(count: Int) { self.count = count }

    /// - Throws: ``TimeLimitExceeded`` when the others do not come in time.
    package func arrive(limit: Duration = .seconds(10)) async throws {
        arrived.update { $0 += 1 }
        let count = count
        try await arrived.wait(for: "the meeting of \(count)", limit: limit) { $0 >= count ? () : nil }
    }
}
