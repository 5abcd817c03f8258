import NIOCore
import Synchronization

/// The latest purges, so that an answer that was fetched before a purge is not stored after it.
///
/// A purge is entered here before it goes through the shards, and an insert asks here while it holds its shard's
/// lock. So either the insert sees the purge, or the purge comes to the shard after the insert and removes it.
final class PurgeLog: Sendable {
    private struct Recent {
        var purges = CircularBuffer<Purge>()
        var size = 0
    }

    private let maxPurges: Int
    private let maxSize: Int
    private let sequence = Atomic<UInt64>(0)
    private let recent = Mutex(Recent())

    /// - Parameters:
    ///   - maxPurges: how far back it reaches, in purges.
    ///   - maxSize: and in bytes.
    init(maxPurges: Int = 1024, maxSize: Int = 1 << 20) {
        self.maxPurges = maxPurges
        self.maxSize = maxSize
    }

    func mark() -> PurgeMark { PurgeMark(sequence: sequence.load(ordering: .acquiring)) }

    func append(_ purge: Purge) {
        recent.withLock { recent in
            recent.purges.append(purge)
            recent.size += purge.size
            while recent.purges.count > maxPurges || recent.size > maxSize {
                recent.size -= recent.purges.removeFirst().size
            }
            sequence.add(1, ordering: .releasing)
        }
    }

    /// Whether a purge since the mark is meant for this, or may have been: the log reaches back only so far.
    func hasPurged(_ subject: @autoclosure () -> PurgeSubject, since mark: PurgeMark) -> Bool {
        if mark.sequence == sequence.load(ordering: .acquiring) { return false }
        let subject = subject()
        return recent.withLock { recent in
            let count = sequence.load(ordering: .relaxed) - mark.sequence
            if count > UInt64(recent.purges.count) { return true }
            return recent.purges.suffix(Int(count)).contains { $0.matches(subject) }
        }
    }
}
