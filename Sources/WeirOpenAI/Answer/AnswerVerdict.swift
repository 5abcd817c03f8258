/// Whether an answer may be stored.
package enum AnswerVerdict: Sendable, Equatable {
    case storable
    case refused(AnswerRefusal)
}
