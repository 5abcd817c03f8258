import NIOCore

/// A client's connection as its worker sees it.
protocol ServedConnection: AnyObject {
    /// The one that it came through.
    var listener: ListenerState { get }
    func checkDeadline(now: NIODeadline)
    /// The system is short of files or memory: ends if it has waited for a request for so long.
    func closeIfIdle(for time: TimeAmount, now: NIODeadline)
    /// The configuration has changed: what begins from now on is bounded by the newest limits.
    func adoptLimits()
    /// Its listener is closed: ends once what is under way is done, so that no request which the client has sent
    /// already is lost.
    func drain(now: NIODeadline)
    /// Draining has lasted too long: answers what has no response yet, and breaks off the others visibly.
    func endNow()
    /// Ends the connection, visibly where something was under way.
    func abort()
}
