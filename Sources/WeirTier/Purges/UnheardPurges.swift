import NIOCore
import WeirCache

/// Purges that this sidecar has made, or taken over, and that the ``PurgeRegister`` does not hold yet: they have not come
/// back with a number. What they are meant for is not read from Redis, whenever it was written.
struct UnheardPurges {
    private let capacity: Int
    private var hard = PurgedSubjects()
    private var soft = PurgedSubjects()
    /// Counts what is added, so that a number that comes for a purge does not end a later one of the same subject.
    private var serial: UInt64 = 0
    /// What was added up to here were too many: nothing at all is read until the last of them is registered.
    private var collapsed: UInt64?
    /// Without a notice: all that was added up to the serial.
    private var numbered = CircularBuffer<(number: UInt64, notice: PurgeNotice?, serial: UInt64)>()

    /// - Parameter capacity: subjects kept apart; more count as one purge of everything.
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
        collapsed = serial
    }

    /// They have got numbers, one after the other.
    /// - Parameters:
    ///   - last: of the last of them.
    ///   - mark: ``mark`` from when they were taken to be told.
    ///   - isLast: all that was added until then has a number.
    mutating func number(_ notices: ArraySlice<PurgeNotice>, last: UInt64, until mark: UInt64, isLast: Bool) {
        for (offset, notice) in notices.reversed().enumerated().reversed() {
            numbered.append((last &- UInt64(offset), notice, mark))
        }
        if isLast, collapsed != nil { numbered.append((last, nil, mark)) }
    }

    /// The register holds all up to a number.
    mutating func registered(upTo number: UInt64) {
        while let first = numbered.first, first.number <= number {
            numbered.removeFirst()
            if let notice = first.notice { end(notice, until: first.serial) } else { endAll(until: first.serial) }
        }
    }

    /// Another order has begun: what had a number counts as heard, since nothing from before it is read.
    mutating func orderHasEnded() { registered(upTo: .max) }

    func verdict(on subject: PurgeSubject) -> PurgeRegister.Verdict {
        if collapsed != nil || hard.covers(subject, since: 0) { return .purged }
        return soft.covers(subject, since: 0) ? .softened : .untouched
    }

    private mutating func end(_ notice: PurgeNotice, until mark: UInt64) {
        if let latest = self[notice], latest <= mark { self[notice] = nil }
    }

    private mutating func endAll(until mark: UInt64) {
        if let last = collapsed, last <= mark { collapsed = nil }
        hard.removeAll(upTo: mark)
        soft.removeAll(upTo: mark)
    }

    private subscript(_ notice: PurgeNotice) -> UInt64? {
        get { notice.isSoft ? soft[notice.subject] : hard[notice.subject] }
        set { if notice.isSoft { soft[notice.subject] = newValue } else { hard[notice.subject] = newValue } }
    }
}
