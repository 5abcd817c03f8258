import NIOCore
import WeirHTTP
import WeirOpenAI

/// Follows an AI answer as it comes and says at its end what it is: whether it may be stored, and what it used.
struct AnswerRecorder {
    private enum Form {
        case stream(StreamRecorder)
        /// One JSON text that is recorded, and read at its end.
        case whole
        /// One JSON text of which nothing is kept.
        case passing(UsageFinder)
    }

    private let endpoint: APIEndpoint
    private let finishReasons: [String]
    private var form: Form

    /// Of an answer that is recorded.
    init(_ policy: AnswerPolicy.PersonaPolicy, response: ResponseHead) {
        endpoint = policy.endpoint
        finishReasons = policy.finishReasons
        form = response.isEventStream ? .stream(StreamRecorder(endpoint: endpoint)) : .whole
    }

    /// Of an answer that only passes.
    /// - Returns: nil where it is none that can be read.
    init?(passing response: ResponseHead, endpoint: APIEndpoint) {
        guard (200..<300).contains(response.status), endpoint.isKeyedByBody,
            !response.fields.contains(.contentEncoding)
        else { return nil }
        if !response.isEventStream {
            guard response.fields.first(.contentType)?.starts(with: "application/json".utf8) == true else { return nil }
        }
        self.endpoint = endpoint
        finishReasons = []
        form = response.isEventStream ? .stream(StreamRecorder(endpoint: endpoint)) : .passing(UsageFinder())
    }

    /// The same for an answer that is not recorded any more.
    /// - Parameter chunks: what has come.
    func passing(after chunks: [ByteBuffer]) -> AnswerRecorder {
        guard case .whole = form else { return self }
        var finder = UsageFinder()
        for chunk in chunks { finder.feed(chunk) }
        var passing = self
        passing.form = .passing(finder)
        return passing
    }

    var isEventStream: Bool { if case .stream = form { true } else { false } }

    /// - Parameter time: when it came; nil: nobody wants to know.
    mutating func feed(_ chunk: ByteBuffer, at time: NIODeadline? = nil) {
        switch form {
        case .stream(var recorder):
            // Out of the enum while it works, so that its buffer is not copied.
            form = .whole
            recorder.feed(chunk, at: time)
            form = .stream(recorder)
        case .whole: break
        case .passing(var finder):
            form = .whole
            finder.feed(chunk)
            form = .passing(finder)
        }
    }

    /// - Parameter body: all of it; of an answer that only passes nothing is needed.
    func read(_ body: @autoclosure () -> ByteBuffer) -> AnswerReading {
        switch form {
        case .stream(let recorder): recorder.reading(allowedFinishReasons: finishReasons)
        case .whole: AnswerInspector.read(body(), endpoint: endpoint, allowedFinishReasons: finishReasons)
        case .passing(let finder):
            AnswerReading(verdict: .refused(.incomplete), usage: finder.usage, model: finder.model)
        }
    }

    /// What it has told so far; nil for one that tells nothing before it is whole.
    var soFar: AnswerReading? { if case .whole = form { nil } else { read(ByteBuffer()) } }
}
