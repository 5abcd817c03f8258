package import WeirHTTP

/// `compression:` of `proxy.conf`.
package struct CompressionSettings: Sendable, Equatable {
    /// What Weir makes; of those that a client likes equally well, the first.
    package var codings: [ContentCoding] { didSet { candidates = codings + [.identity] } }
    package var policy: CompressionPolicy
    package var levels: CompressionLevels
    /// Stored answers waiting to be compressed at once. Each is held outside the store's budget.
    package var pending: Int
    private var candidates: [ContentCoding]

    package init(
        codings: [ContentCoding] = [.brotli, .zstd, .gzip],
        policy: CompressionPolicy = CompressionPolicy(),
        levels: CompressionLevels = CompressionLevels(),
        pending: Int = 128
    ) {
        self.codings = codings
        self.policy = policy
        self.levels = levels
        self.pending = pending
        candidates = codings + [.identity]
    }

    /// - Returns: nil where the client takes none of them.
    package func preferred(_ request: FieldSection) -> ContentCoding? {
        AcceptEncoding.preferred(request, among: candidates)
    }
}
