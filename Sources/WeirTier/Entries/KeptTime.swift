import NIOCore
import WeirCache
import WeirHTTP

/// How long Redis keeps an answer: as long as it can be of use to anybody.
enum KeptTime {
    /// What can be validated is worth as much again as it was fresh for, and at least this.
    private static let leastForValidating: Int64 = 60

    /// - Returns: nil where it is of no use any more.
    static func of(_ response: StoredResponse, atMost longest: TimeAmount, now: NIODeadline) -> TimeAmount? {
        let freshness = response.freshness
        var seconds = freshness.lifetime
        if freshness.permitsStale {
            seconds = max(
                seconds,
                freshness.lifetime + max(freshness.staleWhileRevalidate, freshness.staleIfError)
            )
        }
        if response.fields.contains(.etag) || response.lastModified != nil {
            seconds = max(seconds, freshness.lifetime + max(Self.leastForValidating, freshness.lifetime))
        }
        let left = seconds - response.age(at: now)
        guard left > 0 else { return nil }
        return min(longest, .seconds(min(left, longest.nanoseconds / 1_000_000_000 + 1)))
    }
}
