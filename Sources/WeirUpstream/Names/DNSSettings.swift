package import NIOCore

/// How an upstream's name is kept resolved.
package struct DNSSettings: Sendable, Equatable {
    /// How old an answer may be before it is asked for again.
    package var ttl: TimeAmount
    /// How long the last good answer is used while asking fails.
    package var keep: TimeAmount

    package init(ttl: TimeAmount = .seconds(30), keep: TimeAmount = .hours(1)) {
        self.ttl = ttl
        self.keep = keep
    }
}
