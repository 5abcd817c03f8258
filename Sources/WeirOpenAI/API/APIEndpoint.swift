/// What a path of the OpenAI API asks for, told by its last segments under any base path:
/// `/v1/chat/completions`, `/openai/deployments/x/chat/completions`.
///
/// The path is compared byte for byte and never percent-decoded, so that a spelling Weir does not know is ``other``.
package enum APIEndpoint: Sendable, Equatable, CaseIterable {
    case chatCompletions, completions, responses, embeddings, moderations, fineTuning, models, other

    /// - Parameter path: an absolute path; what follows a `?` is ignored.
    package init(path: some Collection<UInt8>) {
        // The bytes are read within this closure only.
        let told = path.withContiguousStorageIfAvailable { unsafe APIEndpoint(Span(_unsafeElements: $0)) }
        self = told ?? APIEndpoint(Array(path).span)
    }

    private init(_ path: Span<UInt8>) {
        var end = path.endOfPath
        guard let last = path.segment(before: &end) else {
            self = .other
            return
        }
        if path.spells("completions", last) {
            // An Azure deployment may itself be named "chat".
            let isChat = path.segment(before: &end).map { path.spells("chat", $0) } ?? false
            let isDeployment = path.segment(before: &end).map { path.spells("deployments", $0) } ?? false
            self = isChat && !isDeployment ? .chatCompletions : .completions
        } else if path.spells("responses", last) {
            self = .responses
        } else if path.spells("embeddings", last) {
            self = .embeddings
        } else if path.spells("moderations", last) {
            self = .moderations
        } else {
            self = Self.amongOthers(path, last, end)
        }
    }

    private static func amongOthers(_ path: Span<UInt8>, _ last: Range<Int>, _ end: Int) -> APIEndpoint {
        var end = end
        var isModel = path.spells("models", last)
        var segment: Range<Int>? = last
        var distance = 0
        while let current = segment {
            if path.spells("fine_tuning", current) { return .fineTuning }
            if distance == 1, path.spells("models", current) { isModel = true }
            segment = path.segment(before: &end)
            distance += 1
        }
        return isModel ? .models : .other
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

    /// Whether a stream tells its usage only to who asks for it (`stream_options.include_usage`).
    package var hasUsageOption: Bool { self == .chatCompletions || self == .completions }

    /// Whether an answer depends on nothing but the request's body, so that it can be kept under it.
    package var isKeyedByBody: Bool {
        switch self {
        case .chatCompletions, .completions, .responses, .embeddings, .moderations: true
        case .fineTuning, .models, .other: false
        }
    }
}

extension Span<UInt8> {
    /// Where the query begins, or the end.
    fileprivate var endOfPath: Int {
        for index in indices where self[index] == 0x3F { return index }
        return count
    }

    /// The last segment before `end` that is not empty; `end` becomes its start.
    fileprivate func segment(before end: inout Int) -> Range<Int>? {
        while end > 0, self[end - 1] == 0x2F { end -= 1 }
        guard end > 0 else { return nil }
        let upper = end
        while end > 0, self[end - 1] != 0x2F { end -= 1 }
        return end..<upper
    }

    fileprivate func spells(_ name: StaticString, _ segment: Range<Int>) -> Bool {
        guard segment.count == name.utf8CodeUnitCount else { return false }
        for offset in 0..<segment.count {
            // Within the name's code units, as just checked.
            guard unsafe self[segment.lowerBound + offset] == name.utf8Start[offset] else { return false }
        }
        return true
    }
}
