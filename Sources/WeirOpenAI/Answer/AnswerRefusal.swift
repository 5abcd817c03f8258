/// Why an answer is not stored. It is known only at the answer's end, too late for its `Cache-Status`.
package enum AnswerRefusal: String, Error, Sendable, CaseIterable {
    /// The path is none whose answers Weir keeps.
    case endpoint
    /// Not the JSON or the events this endpoint answers with.
    case malformed
    /// The stream's terminal event is missing, or a choice has not ended.
    case incomplete
    /// An error, as an event or in the body.
    case errorEvent = "error-event"
    /// Events after the terminal one.
    case trailingData = "trailing-data"
    /// It did not end the way the route stores: `length`, `content_filter`, a Responses status but `completed`.
    case finishReason = "finish-reason"
    case toolCalls = "tool-calls"
    /// The model declined.
    case refusal
    /// A frame of the stream is over the limit.
    case frameTooLarge = "frame-too-large"
}
