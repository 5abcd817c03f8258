/// A ``CurlTransport`` as its ``AddressPool`` reaches it, from any thread.
final class CurlMember: PoolMember {
    private let queue: CurlQueue

    init(_ queue: CurlQueue) { self.queue = queue }

    func granted(_ ticket: QueueTicket) { _ = queue.post(.granted(ticket)) }

    func refused(_ ticket: QueueTicket) { _ = queue.post(.refused(ticket)) }

    /// libcurl's idle connections are its own affair, and were never told of.
    func closeIdle(for ticket: QueueTicket?) { ticket?.grant() }
}
