package import Histogram
import WeirLedger

/// What one route has done, on one worker or summed over all.
package struct RouteMetrics: Sendable {
    /// Finished requests by the first digit of their status, 1xx to 5xx.
    package private(set) var requestsByClass = [UInt64](repeating: 0, count: 5)
    /// By ``CacheOutcome`` in the order of its cases.
    package private(set) var lookups = [UInt64](repeating: 0, count: CacheOutcome.allCases.count)
    /// By ``RefreshReason`` in the order of its cases.
    private var refreshes = [UInt64](repeating: 0, count: RefreshReason.allCases.count)
    /// By ``RefusalReason`` in the order of its cases.
    private var refusals = [UInt64](repeating: 0, count: RefusalReason.allCases.count)
    /// By ``ItemOrigin`` in the order of its cases.
    private var items = [UInt64](repeating: 0, count: ItemOrigin.allCases.count)
    /// Upstream calls for items, by how many each asked for.
    package private(set) var batches = BatchSizes()
    /// About how many tokens prompts were before their route's economy, and are not any more.
    package internal(set) var promptTokensSaved: UInt64 = 0
    /// Requests whose response broke off, or whose client left before it was whole.
    package private(set) var aborted: UInt64 = 0
    package private(set) var responseBytes: UInt64 = 0
    /// Microseconds from a request's head to its response's last byte.
    package private(set) var durations = Histogram<UInt64>(
        highestTrackableValue: 3_600_000_000,
        numberOfSignificantValueDigits: .two
    )
    package private(set) var durationSum: UInt64 = 0

    package init() {}

    package var requests: UInt64 { requestsByClass.reduce(0, +) }

    package func lookups(_ outcome: CacheOutcome) -> UInt64 { lookups[outcome.index] }

    /// Upstream calls behind hits.
    package func refreshes(_ reason: RefreshReason) -> UInt64 { refreshes[reason.index] }

    mutating func record(status: UInt16, outcome: CacheOutcome, microseconds: UInt64, bytes: UInt64) {
        requestsByClass[min(4, max(0, Int(status) / 100 - 1))] += 1
        lookups[outcome.index] += 1
        durations.record(min(microseconds, 3_600_000_000))
        durationSum += microseconds
        responseBytes += bytes
    }

    mutating func recordRefresh(_ reason: RefreshReason) { refreshes[reason.index] += 1 }

    /// Upstream calls that were not made for want of an allowance.
    package func refusals(_ reason: RefusalReason) -> UInt64 { refusals[reason.index] }

    mutating func recordRefusal(_ refusal: AllowanceRefusal) { refusals[RefusalReason(refusal).index] += 1 }

    /// Items of requests to embeddings and moderations that were gathered one by one.
    package func items(_ origin: ItemOrigin) -> UInt64 { items[origin.index] }

    mutating func recordItems(_ origins: [ItemOrigin]) {
        for origin in origins { items[origin.index] += 1 }
    }

    mutating func recordBatch(items: Int) { batches.record(items) }

    mutating func recordAborted(outcome: CacheOutcome) {
        aborted += 1
        lookups[outcome.index] += 1
    }

    mutating func add(_ other: RouteMetrics) {
        for index in requestsByClass.indices { requestsByClass[index] += other.requestsByClass[index] }
        for index in lookups.indices { lookups[index] += other.lookups[index] }
        for index in items.indices { items[index] += other.items[index] }
        batches.add(other.batches)
        promptTokensSaved += other.promptTokensSaved
        for index in refreshes.indices { refreshes[index] += other.refreshes[index] }
        for index in refusals.indices { refusals[index] += other.refusals[index] }
        aborted += other.aborted
        responseBytes += other.responseBytes
        durations.add(other.durations)
        durationSum += other.durationSum
    }
}

extension CacheOutcome {
    /// Its place among the cases.
    var index: Int {
        switch self {
        case .hit: 0
        case .stale: 1
        case .revalidated: 2
        case .miss: 3
        case .collapsed: 4
        case .bypass: 5
        }
    }
}
