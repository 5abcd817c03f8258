import WeirOpenAI
import WeirUpstream

extension AIRequest {
    /// What it takes of a provider's limits, which are kept by model; nil where it names none.
    var load: PaceLoad? { model.map { PaceLoad(label: $0, tokens: promptTokens) } }
}
