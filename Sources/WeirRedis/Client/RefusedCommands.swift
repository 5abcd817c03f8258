import NIOCore

/// Which commands, or scripts, a server does not let this client's user run.
///
/// A script may need a right in one run and not in the next, and the nodes of a cluster may differ: one that was refused is
/// taken to be allowed only where it is answered, and has not been refused for a while. So what goes to and fro is told once.
struct RefusedCommands {
    static let quiet = TimeAmount.seconds(60)
    /// Kept apart; what is more is not told.
    private static let capacity = 64

    /// When each was refused last.
    private var refused: [String: NIODeadline] = [:]

    var isEmpty: Bool { refused.isEmpty }

    /// - Returns: whether that is news.
    mutating func refused(_ name: String, now: NIODeadline) -> Bool {
        let isKnown = refused[name] != nil
        guard isKnown || refused.count < Self.capacity else { return false }
        refused[name] = now
        return !isKnown
    }

    /// - Returns: whether that is news.
    mutating func answered(_ name: String, now: NIODeadline) -> Bool {
        guard let last = refused[name], now >= last + Self.quiet else { return false }
        refused[name] = nil
        return true
    }
}
