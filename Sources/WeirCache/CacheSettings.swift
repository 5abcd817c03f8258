package import NIOCore

/// `cache:` at the top of `proxy.conf`.
package struct CacheSettings: Sendable, Equatable {
    /// Bytes that all entries together may take, their overhead included.
    package var memory: Int
    /// Bytes of the largest body that is stored.
    package var maxObject: Int
    /// Stored responses of one URL with different `Vary` selections.
    package var maxVariants: Int
    /// Tags of one entry.
    package var maxTags: Int
    /// Readers of one flight.
    package var maxFollowers: Int
    /// How long it is remembered that an answer could not be shared; zero is not at all.
    package var uncacheable: TimeAmount
    /// Keys of which that is remembered.
    package var maxUncacheable: Int

    /// Ranges that one request may ask for.
    package var maxRanges: Int
    /// The file that what is stored is written to at the end and read from at the next start; nil: none.
    package var snapshot: String?
    /// What is stored is sealed with it wherever it leaves this process; nil: it is not.
    package var sealKey: SealKey?

    package init(
        memory: Int = 256 << 20,
        maxObject: Int = 8 << 20,
        maxVariants: Int = 16,
        maxTags: Int = 64,
        maxFollowers: Int = 10_000,
        uncacheable: TimeAmount = .minutes(2),
        maxUncacheable: Int = 10_000,
        maxRanges: Int = 32,
        snapshot: String? = nil,
        sealKey: SealKey? = nil
    ) {
        self.memory = memory
        self.maxObject = maxObject
        self.maxVariants = maxVariants
        self.maxTags = maxTags
        self.maxFollowers = maxFollowers
        self.uncacheable = uncacheable
        self.maxUncacheable = maxUncacheable
        self.maxRanges = maxRanges
        self.snapshot = snapshot
        self.sealKey = sealKey
    }
}
