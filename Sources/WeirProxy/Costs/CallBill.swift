import WeirLedger
import WeirOpenAI

/// What an upstream call has used.
struct CallBill: Equatable {
    /// Under whose name it is counted: as the request names it, at the fallback as that is asked for it, else as the answer
    /// does.
    var model: String
    var usage: Usage
    /// nil where the model has no price.
    var cost: Money?

    /// As it is kept beside the answer, and told to those who have it too.
    func note(_ reading: AnswerReading?) -> AnswerNote {
        AnswerNote(model: model, usage: usage, repeats: reading?.repeats ?? true, item: reading?.item)
    }
}
