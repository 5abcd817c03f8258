/// Which requests depend on state or on the outside world, so that equal requests need not have equal answers.
/// What is not known to be harmless is not kept.
enum BypassRules {
    static func reason(_ document: JSONDocument, endpoint: APIEndpoint, model: String?) -> BypassReason? {
        switch endpoint {
        case .chatCompletions:
            if document.value("web_search_options", of: JSONDocument.root) != nil { return .webSearch }
            if let model, searchesTheWeb(model) { return .webSearch }
            return tools(document)
        case .responses:
            return state(document) ?? tools(document)
        case .completions, .embeddings, .moderations:
            return nil
        case .fineTuning, .models, .other:
            return .endpoint
        }
    }

    private static func state(_ document: JSONDocument) -> BypassReason? {
        let root = JSONDocument.root
        for name in ["previous_response_id", "conversation", "context_management"]
        where document.value(name, of: root) != nil {
            return .stateful
        }
        if let background = document.value("background", of: root), document.kind(background) != .false {
            return .background
        }
        if let prompt = document.value("prompt", of: root), document.value("version", of: prompt) == nil {
            return .promptTemplate
        }
        if let input = document.value("input", of: root),
            document.elements(input).contains(where: { isReference($0, document) })
        {
            return .stateful
        }
        return nil
    }

    /// An input item that the provider is to look up: `item_reference`, which may go without its type.
    private static func isReference(_ item: Int, _ document: JSONDocument) -> Bool {
        guard let type = document.value("type", of: item) else {
            return document.value("id", of: item) != nil && document.value("role", of: item) == nil
        }
        return document.isString(type, "item_reference")
    }

    /// Tools that the caller runs (`function`, `custom`) are part of the key and nothing else; their calls are refused
    /// when the answer comes.
    private static func tools(_ document: JSONDocument) -> BypassReason? {
        guard let tools = document.value("tools", of: JSONDocument.root) else { return nil }
        for tool in document.elements(tools) {
            guard let type = document.string("type", of: tool) else { return .hostedTools }
            if type.hasPrefix("web_search") { return .webSearch }
            if type != "function" && type != "custom" { return .hostedTools }
        }
        return nil
    }

    /// Chat models that search on their own: `gpt-4o-search-preview`, `gpt-5-search-api-2025-10-14`.
    private static func searchesTheWeb(_ model: String) -> Bool {
        model.contains("-search-preview") || model.contains("-search-api")
    }
}
