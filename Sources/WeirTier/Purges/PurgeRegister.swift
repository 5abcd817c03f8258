import NIOCore
import WeirCache

/// The latest purge of every subject, by number: whether an answer in Redis was purged after it was asked for.
///
/// It remembers so many subjects. Where the oldest has to go, the floor rises to its number: nobody can tell any more of
/// answers from before it.
struct PurgeRegister {
    /// The graver the greater.
    enum Verdict: Int, Comparable {
        case untouched
        /// It is stale.
        case softened
        case purged

        static func < (left: Verdict, right: Verdict) -> Bool { left.rawValue < right.rawValue }
    }

    /// Patterns remembered: every look at an answer goes through them.
    private static let maxPatterns = 1000

    private let capacity: Int
    private var hard = PurgedSubjects()
    private var soft = PurgedSubjects()
    /// In the order of their numbers; what has been purged again since stands there twice.
    private var order = CircularBuffer<(notice: PurgeNotice, number: UInt64)>()
    private(set) var floor: UInt64 = 0

    /// - Parameter capacity: purges remembered.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { order.count }

    /// - Parameter number: higher than every one before.
    mutating func note(_ notice: PurgeNotice, number: UInt64) {
        if notice.isSoft { soft[notice.subject] = number } else { hard[notice.subject] = number }
        order.append((notice, number))
        while order.count > capacity { forgetOldest() }
        if hard.patternCount + soft.patternCount > Self.maxPatterns {
            let oldest = hard.patternCount > soft.patternCount ? hard.removeOldestPattern() : soft.removeOldestPattern()
            floor = max(floor, oldest)
        }
    }

    /// Answers from before it are not to be used.
    mutating func raiseFloor(to number: UInt64) { floor = max(floor, number) }

    /// What has become of an answer that was asked for when so many purges had been made.
    func verdict(on subject: PurgeSubject, since number: UInt64) -> Verdict {
        if number < floor || hard.covers(subject, since: number) { return .purged }
        return soft.covers(subject, since: number) ? .softened : .untouched
    }

    private mutating func forgetOldest() {
        let (notice, number) = order.removeFirst()
        let latest = notice.isSoft ? soft[notice.subject] : hard[notice.subject]
        // It has been purged again since: that one is still remembered.
        guard latest == number else { return }
        if notice.isSoft { soft[notice.subject] = nil } else { hard[notice.subject] = nil }
        floor = max(floor, number)
    }
}
