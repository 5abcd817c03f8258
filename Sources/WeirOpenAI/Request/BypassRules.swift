/// Which requests depend on state or on the outside world, so that equal requests need not have equal answers.
/// What is not known to be harmless is not kept.
enum BypassRules {
    static func reason(_ document: JSONDocument, endpoint: APIEndpoint, model: String?) -> BypassReason? {
        switch endpoint {
        case .chatCompletions:
            return search(document, model) ?? tools(document) ?? ExternalInput.reason(document, in: ["messages"])
        case .responses:
            return state(document) ?? search(document, model) ?? tools(document)
                ?? ExternalInput.reason(document, in: ["input", "prompt"])
        case .completions:
            return search(document, model)
        case .embeddings, .moderations:
            return ExternalInput.reason(document, in: ["input"])
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

    /// What has a provider look things up, by whose names: OpenAI's, OpenRouter's `plugins`, xAI's, Alibaba's, Perplexity's.
    private static let searches = [
        "web_search_options", "plugins", "search_parameters", "enable_search", "search_domain_filter",
        "search_recency_filter",
    ]

    private static func search(_ document: JSONDocument, _ model: String?) -> BypassReason? {
        for name in searches {
            guard let value = document.value(name, of: JSONDocument.root), document.kind(value) != .false else {
                continue
            }
            // `plugins: []` names none.
            if document.kind(value) == .array, document.isEmpty(value) { continue }
            return .webSearch
        }
        return model.map(searchesTheWeb) == true ? .webSearch : nil
    }

    /// Models that search on their own: `gpt-4o-search-preview`, `gpt-5-search-api-2025-10-14`, OpenRouter's `…:online`,
    /// Perplexity's `sonar`, whatever router's name stands before it.
    private static func searchesTheWeb(_ model: String) -> Bool {
        if model.hasSuffix(":online") { return true }
        let name = model.utf8.split(separator: UInt8(ascii: "/")).last.map { Substring($0) } ?? ""
        return name == "sonar" || name.hasPrefix("sonar-") || hasPart("-search-preview", model)
            || hasPart("-search-api", model)
    }

    /// What `contains` would find after it has built a table, which takes longer than the rest of a short request.
    private static func hasPart(_ part: String, _ text: String) -> Bool {
        let (part, text) = (part.utf8.span, text.utf8.span)
        guard part.count <= text.count else { return false }
        return (0...text.count - part.count).contains { start in
            part.indices.allSatisfy { text[start + $0] == part[$0] }
        }
    }
}
