/// Connections whose clients, or the system for them, take everything at once are written to in turns, so that others
/// come between.
extension ClientConnection: TurnTaker {
    var hasTurn: Bool { writtenInTurn < Self.turn }

    func beginTurn() {
        writtenInTurn = 0
        guard isWritable, !isClosing else { return }
        exchange?.clientWritable(true)
        process()
        flushIfNeeded()
    }
}
