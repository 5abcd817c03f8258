import NIOCore

/// Until when what a client has begun to say has to be whole, where it means nothing in parts: a frame that is not DATA,
/// a header block, the preface. Nothing else can come in between, so this holds whatever other streams do.
struct WholeDeadline {
    private var begun: Int?
    private var until = NIODeadline.distantFuture

    /// - Parameters:
    ///   - begun: which of all things begun is not whole; nil: none. More of the same does not extend its time.
    ///   - time: that it has.
    mutating func isAmid(_ begun: Int?, time: TimeAmount, now: NIODeadline) {
        guard begun != self.begun else { return }
        self.begun = begun
        until = begun == nil ? .distantFuture : now + time
    }

    func isOver(now: NIODeadline) -> Bool { now >= until }
}
