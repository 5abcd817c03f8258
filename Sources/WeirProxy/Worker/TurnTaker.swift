/// A connection that is written to in ``Turns``.
protocol TurnTaker: AnyObject {
    /// Others have had theirs.
    func beginTurn()
}

extension TurnTaker {
    /// Bytes of a turn; what is at hand in one piece may go over it.
    static var turn: Int { 256 << 10 }
}
