/// Connections whose clients, or the system for them, take everything at once are written to in turns, so that others
/// come between.
extension ClientConnection {
    /// Bytes of a turn; what is at hand in one piece may go over it.
    private static let turn = 256 << 10

    var hasTurn: Bool { writtenInTurn < Self.turn }

    /// Others have had theirs.
    func beginTurn() {
        writtenInTurn = 0
        guard isWritable, !isClosing else { return }
        exchange?.clientWritable(true)
        process()
        flushIfNeeded()
    }
}
