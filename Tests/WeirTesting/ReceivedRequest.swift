/// A request that a ``ScriptedOrigin`` has read whole.
package struct ReceivedRequest: Sendable, Equatable {
    package var head: WireHead
    package var body: WireBody
    /// Which of the origin's connections it came on, from 0.
    package var connection: Int

    package var method: String { head.startWords.first ?? "" }
    package var target: String { head.startWords.count > 1 ? head.startWords[1] : "" }
    package subscript(name: String) -> String? { head[name] }
}
