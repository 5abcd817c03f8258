package import NIOCore

/// One call under way. Bound to an event loop: every method must be called on it.
package protocol UpstreamCall: AnyObject {
    /// The next piece of a streamed request body. Keep to ``UpstreamResponseHandler/requestBodyWanted(_:)``.
    func send(body: ByteBuffer)
    /// The streamed request body is whole.
    func sendEnd()
    /// Stops (false) and resumes (true) reading the response; a few pieces may still come after a stop.
    func setReading(_ wanted: Bool)
    /// Ends the call; the handler hears nothing more.
    func cancel()
    /// Bytes of the request's streamed body that wait for a connection; nil once one has some of them.
    var waitingBody: Int? { get }
    /// Whether the answer is that of a ``Fallback``; told by the time of its head.
    var isFallback: Bool { get }
}

extension UpstreamCall {
    package var isFallback: Bool { false }
}
