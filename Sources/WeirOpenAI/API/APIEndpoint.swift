/// What a path of the OpenAI API asks for, told by its last segments under any base path:
/// `/v1/chat/completions`, `/openai/deployments/x/chat/completions`.
///
/// The path is compared byte for byte and never percent-decoded, so that a spelling Weir does not know is ``other``.
package enum APIEndpoint: Sendable, Equatable, CaseIterable {
    case chatCompletions, completions, responses, embeddings, moderations, fineTuning, models, other

    /// - Parameter path: an absolute path; what follows a `?` is ignored.
    package init(path: some Collection<UInt8>) {
        let segments = path.prefix { $0 != 0x3F }.split(separator: 0x2F)
        func segment(fromEnd distance: Int, is name: String) -> Bool {
            segments.count > distance && segments[segments.count - 1 - distance].elementsEqual(name.utf8)
        }
        if segment(fromEnd: 0, is: "completions") {
            // An Azure deployment may itself be named "chat".
            let isChat = segment(fromEnd: 1, is: "chat") && !segment(fromEnd: 2, is: "deployments")
            self = isChat ? .chatCompletions : .completions
        } else if segment(fromEnd: 0, is: "responses") {
            self = .responses
        } else if segment(fromEnd: 0, is: "embeddings") {
            self = .embeddings
        } else if segment(fromEnd: 0, is: "moderations") {
            self = .moderations
        } else if segments.contains(where: { $0.elementsEqual("fine_tuning".utf8) }) {
            self = .fineTuning
        } else if segment(fromEnd: 0, is: "models") || segment(fromEnd: 1, is: "models") {
            self = .models
        } else {
            self = .other
        }
    }

    /// The service this endpoint counts as: the name of its circuit breaker in `proxy.conf`.
    package var serviceName: String {
        switch self {
        case .chatCompletions, .completions, .responses: "chat"
        case .embeddings: "embeddings"
        case .moderations: "moderations"
        case .fineTuning: "fine_tuning"
        case .models, .other: "other"
        }
    }

    /// Whether an answer depends on nothing but the request's body, so that it can be kept under it.
    var isKeyedByBody: Bool {
        switch self {
        case .chatCompletions, .completions, .responses, .embeddings, .moderations: true
        case .fineTuning, .models, .other: false
        }
    }
}
