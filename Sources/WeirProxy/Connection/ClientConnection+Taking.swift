import NIOCore

/// Whether the client takes what it is sent, and fast enough.
extension ClientConnection {
    /// Whether what was written still goes out, and fast enough: the end of a connection, or of its idleness, begins
    /// behind that.
    func isClientTaking(until expired: ConnectionDeadline.Phase) -> Bool {
        switch expired {
        case .keepAlive, .lingering, .doubtful:
            arm(.writing)
            return true
        case .writing: return countTaken()
        case .head, .body, .waiting, .tunnel: return false
        }
    }

    /// - Returns: whether the client has time left.
    func countTaken() -> Bool {
        let bytes = taken - takenWhenArmed
        takenWhenArmed = taken
        return deadline.took(max(0, bytes), limits: limits, now: worker.recently)
    }

    /// Under TLS almost: what waits is counted with what TLS adds.
    var taken: Int { max(0, written - unwritten) }

    /// Bytes that wait in the channel for the client, and before TLS.
    var unwritten: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        let inChannel = (try? options.getOption(.bufferedWritableBytes)) ?? 0
        return inChannel + (isSecure ? portions?.waitingBytes ?? 0 : 0)
    }
}
