/// Now, by both clocks: how long something took is told by one that nobody sets, which day it is by the other.
package struct Moment: Sendable {
    /// Since any moment, but always the same one.
    package var uptime: Duration
    /// Since 1970-01-01 00:00:00 UTC.
    package var unixSeconds: Int64

    package init(uptime: Duration, unixSeconds: Int64) {
        self.uptime = uptime
        self.unixSeconds = unixSeconds
    }
}
