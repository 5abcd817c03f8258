import NIOCore
import Synchronization

/// Closes connections that wait for their next request, where new ones need their places: idle clients come again, and
/// those that are turned away may not.
final class RoomMaker: Sendable {
    private static let interval = TimeAmount.milliseconds(500)

    private let workers: [NIOLoopBoundBox<Worker>]
    private let next = Atomic<UInt64>(0)

    init(workers: [NIOLoopBoundBox<Worker>]) { self.workers = workers }

    /// May be called for every new connection: looks at all of them twice a second at most.
    func makeRoom(now: NIODeadline = .now()) {
        let due = next.load(ordering: .relaxed)
        guard now.uptimeNanoseconds >= due else { return }
        let then = (now + Self.interval).uptimeNanoseconds
        guard next.compareExchange(expected: due, desired: then, ordering: .relaxed).exchanged else { return }
        for worker in workers {
            worker.eventLoop.execute { worker.value.closeIdle() }
        }
    }
}
