/// What an answer says of itself, read once.
package struct AnswerReading: Sendable, Equatable {
    package var verdict: AnswerVerdict
    /// nil where it has none, as moderations have not.
    package var usage: Usage?
    /// The model that answered, as the answer names it.
    package var model: String?
    /// Whether it has members that repeat what its request says of itself (``EchoedMembers``).
    package var repeats = false
    /// Of a stream, the pieces of output that came: a token each, about.
    package var pieces = 0
    /// Of a stream.
    package var track: StreamTrack?
    /// Where its item lies, if it has one.
    package var item: ItemPlace?

    package init(
        verdict: AnswerVerdict,
        usage: Usage? = nil,
        model: String? = nil,
        repeats: Bool = false,
        pieces: Int = 0,
        track: StreamTrack? = nil,
        item: ItemPlace? = nil
    ) {
        self.verdict = verdict
        self.usage = usage
        self.model = model
        self.repeats = repeats
        self.pieces = pieces
        self.track = track
        self.item = item
    }
}
