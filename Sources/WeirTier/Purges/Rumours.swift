import NIOCore
import WeirCache

/// Purges that others have told without a number, Redis not having given them one. What they are meant for is not read
/// from Redis, whenever it was written, until the number comes; where it does not come in time, whoever told it may be gone,
/// and this sidecar takes over getting one.
struct Rumours {
    private let capacity: Int
    private let patience: UInt64
    /// Each with the time at which it was heard last.
    private var hard = PurgedSubjects()
    private var soft = PurgedSubjects()
    /// In checks, from 1.
    private var time: UInt64 = 1
    /// In the order in which they were heard; those that have ended, or been heard again, are passed over.
    private var pending = CircularBuffer<(time: UInt64, notice: PurgeNotice)>()

    /// - Parameters:
    ///   - capacity: subjects kept apart; more become one purge of everything.
    ///   - patience: checks that one waits for its number.
    init(capacity: Int, patience: Int) {
        self.capacity = max(1, capacity)
        self.patience = UInt64(max(1, patience))
    }

    mutating func heard(_ notice: PurgeNotice) {
        guard self[notice] != time else { return }
        note(notice)
        guard hard.count + soft.count > capacity else { return }
        (hard, soft) = (PurgedSubjects(), PurgedSubjects())
        pending.removeAll()
        note(PurgeNotice(.all, isSoft: false))
    }

    /// The register holds one of the same subject.
    mutating func registered(_ notice: PurgeNotice) { self[notice] = nil }

    /// One check more.
    /// - Returns: those that have waited long enough, which are none any more.
    mutating func takeOverdue() -> [PurgeNotice] {
        time += 1
        var overdue: [PurgeNotice] = []
        while let first = pending.first, first.time + patience <= time {
            pending.removeFirst()
            guard self[first.notice] == first.time else { continue }
            self[first.notice] = nil
            overdue.append(first.notice)
        }
        return overdue
    }

    func verdict(on subject: PurgeSubject) -> PurgeRegister.Verdict {
        if hard.covers(subject, since: 0) { return .purged }
        return soft.covers(subject, since: 0) ? .softened : .untouched
    }

    private mutating func note(_ notice: PurgeNotice) {
        self[notice] = time
        pending.append((time, notice))
    }

    private subscript(_ notice: PurgeNotice) -> UInt64? {
        get { notice.isSoft ? soft[notice.subject] : hard[notice.subject] }
        set { if notice.isSoft { soft[notice.subject] = newValue } else { hard[notice.subject] = newValue } }
    }
}
