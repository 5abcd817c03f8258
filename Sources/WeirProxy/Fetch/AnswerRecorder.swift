import NIOCore
import WeirHTTP
import WeirLedger
import WeirOpenAI

/// Follows an answer as it comes and says at its end whether it may be stored and what it used.
enum AnswerRecorder {
    /// `mode: http`: a complete response is as good as its head said.
    case plain
    case stream(StreamRecorder, AnswerPolicy.PersonaPolicy)
    case whole(ByteBuffer, AnswerPolicy.PersonaPolicy)

    init(policy: AnswerPolicy.Mode, response: ResponseHead) {
        switch policy {
        case .http: self = .plain
        case .persona(let persona):
            self =
                response.isEventStream
                ? .stream(StreamRecorder(endpoint: persona.endpoint), persona) : .whole(ByteBuffer(), persona)
        }
    }

    var isAI: Bool {
        if case .plain = self { false } else { true }
    }

    var isEventStream: Bool {
        if case .stream = self { true } else { false }
    }

    mutating func feed(_ chunk: ByteBuffer) {
        switch self {
        case .plain: break
        case .stream(var recorder, let policy):
            self = .plain
            recorder.feed(chunk)
            self = .stream(recorder, policy)
        case .whole(var body, let policy):
            self = .plain
            body.writeImmutableBuffer(chunk)
            self = .whole(body, policy)
        }
    }

    var isStorable: Bool {
        switch self {
        case .plain: return true
        case .stream(let recorder, let policy):
            return recorder.verdict(allowedFinishReasons: policy.finishReasons) == .storable
        case .whole(let body, let policy):
            return AnswerInspector.inspect(
                body,
                endpoint: policy.endpoint,
                allowedFinishReasons: policy.finishReasons
            ) == .storable
        }
    }

    func count(into metrics: inout WorkerMetrics) {
        switch self {
        case .plain: break
        case .stream(let recorder, let policy):
            if let usage = recorder.usage { metrics.spending.record(usage, model: policy.model ?? "unknown") }
        case .whole(let body, let policy):
            guard let usage = AnswerInspector.usage(body, endpoint: policy.endpoint) else { return }
            metrics.spending.record(usage, model: policy.model ?? "unknown")
        }
    }
}
