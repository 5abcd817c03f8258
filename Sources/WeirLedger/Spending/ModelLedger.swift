package import WeirOpenAI

/// What was spent upstream, by model, as the answers' own usage tells it.
///
/// Names of models come from requests, so their number is bounded: those that come later are counted together.
package struct ModelLedger: Sendable, Equatable {
    /// Under which the models beyond the bound are counted.
    package static let otherModels = "other"

    package private(set) var models: [String: TokenCounts] = [:]
    private let maxModels: Int

    package init(maxModels: Int = 64) { self.maxModels = maxModels }

    package mutating func record(_ usage: Usage, model: String) {
        models[name(for: model), default: TokenCounts()].add(usage)
    }

    package mutating func add(_ other: ModelLedger) {
        for (model, counts) in other.models { models[name(for: model), default: TokenCounts()].add(counts) }
    }

    private func name(for model: String) -> String {
        models[model] != nil || models.count < maxModels ? model : Self.otherModels
    }
}
