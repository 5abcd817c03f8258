/// Where the texts that a model is to read stand in a request: see ``PromptEconomy``.
enum PromptTexts {
    /// The nodes of strings, in the order in which they stand.
    static func nodes(of document: JSONDocument, _ endpoint: APIEndpoint) -> [Int] {
        let root = JSONDocument.root
        let values: [Int] =
            switch endpoint {
            case .chatCompletions: document.value("messages", of: root).map { messages(document, $0) } ?? []
            case .responses:
                strings(document, document.value("instructions", of: root))
                    + (document.value("input", of: root).map { messages(document, $0) } ?? [])
            case .completions: strings(document, document.value("prompt", of: root))
            case .embeddings, .moderations, .fineTuning, .models, .other: []
            }
        return values.sorted()
    }

    /// A string itself, or of each message or item its texts.
    private static func messages(_ document: JSONDocument, _ node: Int) -> [Int] {
        guard document.kind(node) == .array else { return strings(document, node) }
        return document.elements(node).flatMap { message in
            ["content", "output"].flatMap { name in
                document.value(name, of: message).map { parts(document, $0) } ?? []
            }
        }
    }

    private static func parts(_ document: JSONDocument, _ node: Int) -> [Int] {
        guard document.kind(node) == .array else { return strings(document, node) }
        return document.elements(node).flatMap { strings(document, document.value("text", of: $0)) }
    }

    /// A string, or those of a list.
    private static func strings(_ document: JSONDocument, _ node: Int?) -> [Int] {
        guard let node else { return [] }
        switch document.kind(node) {
        case .string: return [node]
        case .array: return document.elements(node).filter { document.kind($0) == .string }
        case .object, .number, .true, .false, .null: return []
        }
    }
}
