package import NIOCore

/// Listens to a streamed answer while it passes and says at its end whether it may be stored.
///
/// An answer is whole when its terminal event came at a frame boundary (`data: [DONE]` for chat and completions,
/// `response.completed` for Responses) and nothing but comments came after it. It keeps nothing of the text.
package struct StreamRecorder: Sendable {
    private enum Progress { case running, ended }

    private let endpoint: APIEndpoint
    private var parser: SSEParser
    private var progress = Progress.running
    /// The first fault stays.
    private var fault: AnswerRefusal?
    private var callsTool = false
    private var declines = false
    /// By choice; nil while it is under way.
    private var finishReasons: [Int: String?] = [:]
    /// The object of `response.completed`.
    private var completed: JSONDocument?

    /// The last `usage` that was not null, wherever it stood.
    package private(set) var usage: Usage?
    /// The model that answers, as the stream names it.
    package private(set) var model: String?
    private var repeats = false
    private var pieces = 0
    private var tracker = StreamTracker()

    /// The API gives at most 128 choices.
    private static let choicesLimit = 128

    package init(endpoint: APIEndpoint, maxFrameBytes: Int = 8 << 20) {
        self.endpoint = endpoint
        parser = SSEParser(maxFrameBytes: maxFrameBytes)
        switch endpoint {
        case .chatCompletions, .completions, .responses: break
        case .embeddings, .moderations, .fineTuning, .models, .other: fault = .endpoint
        }
    }

    /// - Parameter time: when it came; nil: nobody wants to know.
    package mutating func feed(_ chunk: ByteBuffer, at time: NIODeadline? = nil) {
        guard fault == nil else { return }
        if parser.push(chunk) { tracker.completeLast() }
        while fault == nil, let (lines, length) = parser.nextFrame() {
            let document = lines.event.flatMap { read($0) }
            let cut = document.flatMap { endpoint.hasUsageOption ? UsageStripper.cut(lines, $0, length: length) : nil }
            tracker.add(length: length, cut: cut, at: time)
        }
        if parser.isOverflowing { fault = fault ?? .frameTooLarge }
    }

    /// - Parameter allowedFinishReasons: what the route stores; `stop` alone by default.
    package func reading(allowedFinishReasons: [String]) -> AnswerReading {
        let verdict = verdict(allowedFinishReasons: allowedFinishReasons)
        return AnswerReading(
            verdict: verdict,
            usage: usage,
            model: model,
            repeats: repeats,
            pieces: pieces,
            track: verdict == .storable ? tracker.track : nil
        )
    }

    func verdict(allowedFinishReasons: [String]) -> AnswerVerdict {
        if let fault { return .refused(fault) }
        guard progress == .ended, !parser.endsWithinFrame else { return .refused(.incomplete) }
        if endpoint == .responses {
            guard let completed, let response = completed.value("response", of: JSONDocument.root) else {
                return .refused(.malformed)
            }
            return ResponseRules.verdict(completed, response, allowedFinishReasons: allowedFinishReasons)
        }
        guard !finishReasons.isEmpty else { return .refused(.incomplete) }
        for index in finishReasons.keys.sorted() {
            guard let reason = finishReasons[index] ?? nil else { return .refused(.incomplete) }
            if let refusal = ChoiceRules.refusal(finishReason: reason, allowed: allowedFinishReasons) {
                return .refused(refusal)
            }
        }
        if callsTool, !ChoiceRules.allowsToolCalls(allowedFinishReasons) { return .refused(.toolCalls) }
        return declines ? .refused(.refusal) : .storable
    }

    // MARK: Events

    /// - Returns: its data, where that is an object.
    private mutating func read(_ event: ServerSentEvent) -> JSONDocument? {
        if event.isDone, event.name == nil || event.name == "message" {
            // Some servers end a Responses stream with it too.
            if endpoint != .responses {
                fault = progress == .ended ? .trailingData : nil
                progress = .ended
            } else if progress == .running {
                fault = .incomplete
            }
            return nil
        }
        guard progress == .running else {
            fault = event.name == "error" ? .errorEvent : .trailingData
            return nil
        }
        if event.name == "error" {
            fault = .errorEvent
            return nil
        }
        guard let document = try? JSONDocument(event.data), document.kind(JSONDocument.root) == .object else {
            fault = .malformed
            return nil
        }
        if !repeats { repeats = EchoedMembers.stand(in: document) }
        if document.value("error", of: JSONDocument.root) != nil {
            fault = .errorEvent
        } else if endpoint == .responses {
            readResponseEvent(document)
        } else {
            readChunk(document)
        }
        return document
    }

    private mutating func readResponseEvent(_ document: JSONDocument) {
        if let response = document.value("response", of: JSONDocument.root) {
            if let node = document.value("usage", of: response), let read = Usage(document, node) { usage = read }
            if model == nil { model = document.string("model", of: response) }
        }
        let type = document.string("type", of: JSONDocument.root)
        if type?.hasSuffix(".delta") == true { pieces += 1 }
        switch type {
        case "response.completed":
            progress = .ended
            completed = document
        case "response.failed", "error": fault = .errorEvent
        case "response.incomplete", "response.cancelled": fault = .finishReason
        case .some: break
        case nil: fault = .malformed
        }
    }

    private mutating func readChunk(_ document: JSONDocument) {
        let root = JSONDocument.root
        if let node = document.value("usage", of: root), let read = Usage(document, node) { usage = read }
        if model == nil { model = document.string("model", of: root) }
        guard let choices = document.value("choices", of: root), document.kind(choices) == .array else {
            fault = .malformed
            return
        }
        for choice in document.elements(choices) {
            pieces += 1
            let index = document.integer("index", of: choice) ?? 0
            guard finishReasons[index] != nil || finishReasons.count < Self.choicesLimit else {
                fault = .malformed
                return
            }
            let reason = document.string("finish_reason", of: choice)
            finishReasons[index] = .some(reason ?? finishReasons[index] ?? nil)
            guard let delta = document.value("delta", of: choice) else { continue }
            callsTool = callsTool || ChoiceRules.callsTool(document, delta)
            declines = declines || ChoiceRules.declines(document, delta)
        }
    }
}
