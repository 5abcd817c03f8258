import NIOCore

/// The text of a request as its provider counts it, gathered member by member.
struct RequestText {
    /// For what stands around each message, and what begins the answer.
    private static let perMessage = 3
    private static let picture = (low: 85, high: 765)
    /// Characters of base64 for one token.
    private static let soundPerToken = 2_000
    private static let filePerToken = 50

    private let document: JSONDocument
    private var estimate = TokenEstimate()
    /// Prompts of a request to completions.
    private var prompts = 1

    init(_ document: JSONDocument) { self.document = document }

    var tokens: Int { estimate.tokens }

    /// A count that is not negative, under the first of these names that has one.
    func count(_ names: String...) -> Int? {
        names.lazy.compactMap { document.integer($0, of: JSONDocument.root) }.first.map { max(0, $0) }
    }

    /// How many answers are made.
    func answers(_ endpoint: APIEndpoint) -> Int {
        switch endpoint {
        case .chatCompletions: max(1, count("n") ?? 1)
        case .completions: max(1, count("n") ?? 1, count("best_of") ?? 1).multipliedClamping(by: prompts)
        case .responses, .embeddings, .moderations, .fineTuning, .models, .other: 1
        }
    }

    // MARK: Members

    /// A conversation: a string, or messages with strings at any depth.
    mutating func addMessages(_ name: String) {
        estimate.add(tokens: Self.perMessage)
        guard let node = document.value(name, of: JSONDocument.root) else { return }
        guard document.kind(node) == .array else { return add(node) }
        for message in document.elements(node) {
            estimate.add(tokens: Self.perMessage)
            add(message)
        }
    }

    /// A string, an array of them, an array of tokens, or an array of such arrays. An object is one of a message's parts.
    mutating func addInputs(_ name: String) {
        guard let node = document.value(name, of: JSONDocument.root) else { return }
        var items = 0
        var numbers = 0
        for item in document.elements(node) {
            items += 1
            switch document.kind(item) {
            case .number: numbers += 1
            case .array: estimate.add(tokens: document.elements(item).reduce(0) { count, _ in count + 1 })
            case .object, .string, .true, .false, .null: add(item)
            }
        }
        estimate.add(tokens: numbers)
        if document.kind(node) == .string { add(node) }
        prompts = numbers > 0 ? 1 : max(1, items)
    }

    mutating func addStrings(_ names: [String]) {
        for name in names {
            if let node = document.value(name, of: JSONDocument.root) { add(node) }
        }
    }

    /// What the provider puts before the conversation in a form of its own, taken as the JSON that it is.
    mutating func addAsWritten(_ names: [String]) {
        for name in names {
            guard let node = document.value(name, of: JSONDocument.root) else { continue }
            add(document.range(node), hasEscapes: false)
        }
    }

    // MARK: Values

    /// Every string of a value, but for what only says what it is.
    private mutating func add(_ node: Int) {
        switch document.kind(node) {
        case .string:
            add(document.textRange(node), hasEscapes: document.nodes[node].hasEscape)
        case .array:
            for element in document.elements(node) { add(element) }
        case .object:
            addObject(node)
        case .number, .true, .false, .null:
            break
        }
    }

    private mutating func add(_ range: Range<Int>, hasEscapes: Bool) {
        let bytes = document.bytes
        estimate.add(bytes.readableBytesUInt8Span, range, hasEscapes: hasEscapes)
    }

    private mutating func addObject(_ node: Int) {
        if let kind = document.string("type", of: node), let tokens = attachment(kind, node) {
            return estimate.add(tokens: tokens)
        }
        for member in document.members(node)
        where !["type", "id", "call_id", "tool_call_id", "status"].contains(where: { document.isNamed(member.name, $0) }
        ) {
            add(member.value)
        }
    }

    /// The tokens of a part that is no text; nil where it is.
    private func attachment(_ kind: String, _ node: Int) -> Int? {
        switch kind {
        case "image_url", "input_image":
            let place = document.value("image_url", of: node).flatMap { document.value("detail", of: $0) }
            let detail = place ?? document.value("detail", of: node)
            let isLow = detail.map { document.isString($0, "low") } ?? false
            return isLow ? Self.picture.low : Self.picture.high
        case "input_audio":
            return length(of: "data", in: document.value(kind, of: node) ?? node) / Self.soundPerToken
        case "file", "input_file":
            return length(of: "file_data", in: document.value(kind, of: node) ?? node) / Self.filePerToken
        default:
            return nil
        }
    }

    private func length(of name: String, in node: Int) -> Int {
        document.value(name, of: node).map { document.range($0).count } ?? 0
    }
}

extension Int {
    /// The product, or the most that there is.
    fileprivate func multipliedClamping(by other: Int) -> Int {
        let (product, overflows) = multipliedReportingOverflow(by: other)
        return overflows ? .max : product
    }
}
