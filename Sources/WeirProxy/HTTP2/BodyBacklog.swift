/// What has come of one stream's body and waits in NIOHTTP2 until its exchange takes it.
///
/// The pieces are seen when they come in and when they are taken, not while they wait. Padding may be taken for granted
/// before it is here: the difference is what counts, and may be negative for a moment.
struct BodyBacklog: Equatable {
    /// Bytes that each piece costs, be it as small as it may.
    static let pieceCost = 128

    private var bytes = 0
    private var pieces = 0

    /// Bytes of memory.
    var cost: Int { bytes > 0 ? bytes + pieces * Self.pieceCost : 0 }

    /// - Parameter bytes: with padding.
    mutating func came(bytes: Int, pieces: Int) {
        self.bytes += bytes
        self.pieces += pieces
    }

    /// One piece.
    /// - Parameter bytes: with padding.
    mutating func took(bytes: Int) {
        self.bytes -= bytes
        pieces = self.bytes > 0 ? max(0, pieces - 1) : 0
    }
}
