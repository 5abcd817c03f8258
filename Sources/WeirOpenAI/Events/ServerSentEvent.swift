package import NIOCore

/// One event of a `text/event-stream` (WHATWG HTML §9.2).
package struct ServerSentEvent: Sendable, Equatable {
    /// The value of `event`; nil when there was none, which means `message`.
    package var name: String?
    /// The values of the `data` lines, joined by LF.
    package var data: ByteBuffer
    package var id: String?

    package init(name: String? = nil, data: ByteBuffer, id: String? = nil) {
        self.name = name
        self.data = data
        self.id = id
    }

    /// Whether the data marks the end of a chat or completions stream. As in the official clients, what follows the
    /// mark does not matter.
    var isDone: Bool { data.readableBytesView.starts(with: "[DONE]".utf8) }
}
