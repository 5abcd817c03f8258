import NIOCore

/// A ``DirectLoop`` as its ``AddressPool`` reaches it, from any thread.
final class DirectMember: PoolMember {
    private let eventLoop: any EventLoop
    private let loop: NIOLoopBound<DirectLoop>

    init(_ loop: DirectLoop) {
        eventLoop = loop.eventLoop
        self.loop = NIOLoopBound(loop, eventLoop: loop.eventLoop)
    }

    func granted(_ ticket: QueueTicket) {
        eventLoop.execute { [loop] in loop.value.granted(ticket) }
    }

    func refused(_ ticket: QueueTicket) {
        eventLoop.execute { [loop] in loop.value.refused(ticket) }
    }

    func closeIdle(for ticket: QueueTicket?) {
        eventLoop.execute { [loop] in
            loop.value.closeSurplus()
            ticket?.grant()
        }
    }
}
