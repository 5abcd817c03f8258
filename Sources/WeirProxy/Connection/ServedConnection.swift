import NIOCore

/// A client's connection as its worker sees it.
protocol ServedConnection: AnyObject {
    func checkDeadline(now: NIODeadline)
    /// Weir is stopping: close once nothing is under way.
    func drain()
    /// Ends the connection, visibly where something was under way.
    func abort()
}
