import NIOCore
import WeirHTTP

extension ResponseHead {
    /// Whether its body is `text/event-stream` (WHATWG HTML §9.2).
    var isEventStream: Bool { fields.first(.contentType)?.starts(with: "text/event-stream".utf8) ?? false }
}
