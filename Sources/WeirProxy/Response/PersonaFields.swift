import NIOCore
import WeirHTTP

/// Which of a provider's fields others than who made the call are shown: those that describe the answer. What else there
/// is says something of the one call or its account, of a browser's origin, or is nobody's standard, and stays with who
/// made the call.
enum PersonaFields {
    private static let ofAnswer: FieldNameSet = [
        .contentType, .contentEncoding, .contentLanguage, .contentDisposition,
    ]
    private static let othersOfAnswer = ["openai-version", "openai-model", "x-content-type-options"]
    /// Of an upstream that fails, and how long it does.
    private static let ofFailure: FieldNameSet = [.retryAfter, .xShouldRetry]
    private static let othersOfFailure = ["retry-after-ms"]

    /// Of an answer, for the store.
    static func storable(_ response: FieldSection) -> FieldSection { shared(response, isFailure: false).compacted() }

    /// For those who follow a call.
    static func shared(_ response: ResponseHead) -> FieldSection {
        shared(response.fields, isFailure: response.status >= 400)
    }

    private static func shared(_ response: FieldSection, isFailure: Bool) -> FieldSection {
        var fields = response
        fields.removeAll { line in
            if ofAnswer.contains(line.name) || isFailure && ofFailure.contains(line.name) { return false }
            guard line.name == .other else { return true }
            let name = response.name(of: line)
            return !(othersOfAnswer + (isFailure ? othersOfFailure : [])).contains {
                ASCII.equalIgnoringCase($0.utf8, name)
            }
        }
        return fields
    }
}
