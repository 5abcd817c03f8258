import NIOCore
import WeirCache

/// Purges that have been made and that the ``PurgeRegister`` does not hold yet: this sidecar's own, until they have come
/// back with a number, and what others have told without one. What they are meant for is not read from Redis, whenever it
/// was written.
struct UnheardPurges {
    private let capacity: Int
    private var hard = PurgedSubjects()
    private var soft = PurgedSubjects()
    /// Counts what is added, so that a number that comes for a purge does not end a later one of the same subject.
    private var serial: UInt64 = 0
    private var numbered = CircularBuffer<(number: UInt64, notice: PurgeNotice, serial: UInt64)>()

    /// - Parameter capacity: subjects kept apart; more become one purge of everything.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// What has been added so far, for ``number(_:last:until:)``.
    var mark: UInt64 { serial }

    mutating func add(_ notices: [PurgeNotice]) {
        for notice in notices {
            serial += 1
            self[notice] = serial
        }
        guard hard.count + soft.count > capacity else { return }
        (hard, soft) = (PurgedSubjects(), PurgedSubjects())
        hard[.all] = serial
    }

    /// They have got numbers, one after the other.
    /// - Parameters:
    ///   - last: of the last of them.
    ///   - mark: ``mark`` from when they were taken to be told.
    mutating func number(_ notices: ArraySlice<PurgeNotice>, last: UInt64, until mark: UInt64) {
        for (offset, notice) in notices.reversed().enumerated().reversed() {
            numbered.append((last &- UInt64(offset), notice, mark))
        }
    }

    /// The register holds all up to a number.
    mutating func registered(upTo number: UInt64) {
        while let first = numbered.first, first.number <= number {
            numbered.removeFirst()
            end(first.notice, until: first.serial)
        }
    }

    /// The register holds one of the same subject.
    mutating func registered(_ notice: PurgeNotice) { end(notice, until: serial) }

    /// Another order has begun: what had a number counts as heard, since nothing from before it is read.
    mutating func orderHasEnded() { registered(upTo: .max) }

    func verdict(on subject: PurgeSubject) -> PurgeRegister.Verdict {
        if hard.covers(subject, since: 0) { return .purged }
        return soft.covers(subject, since: 0) ? .softened : .untouched
    }

    private mutating func end(_ notice: PurgeNotice, until mark: UInt64) {
        if let latest = self[notice], latest <= mark { self[notice] = nil }
    }

    private subscript(_ notice: PurgeNotice) -> UInt64? {
        get { notice.isSoft ? soft[notice.subject] : hard[notice.subject] }
        set { if notice.isSoft { soft[notice.subject] = newValue } else { hard[notice.subject] = newValue } }
    }
}
