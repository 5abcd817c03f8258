/// A response that a ``RawClient`` has read whole.
package struct ReceivedResponse: Sendable, Equatable {
    /// The 1xx heads before it.
    package var informational: [WireHead]
    package var head: WireHead
    package var body: WireBody

    package var status: Int { head.status }
    package var text: String { body.text }
    package subscript(name: String) -> String? { head[name] }
}
