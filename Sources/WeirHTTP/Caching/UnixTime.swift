/// Wall-clock time, for `Date`, `Expires` and `Last-Modified`; never for measuring how long something took.
package struct UnixTime: Sendable, Hashable, Comparable {
    /// Since 1970-01-01 00:00:00 UTC.
    package var seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    package static func < (left: UnixTime, right: UnixTime) -> Bool { left.seconds < right.seconds }
}
