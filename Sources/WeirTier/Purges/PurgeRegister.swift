import NIOCore
import WeirCache

/// The latest purge of every subject, by number: whether an answer in Redis was purged after it was asked for.
///
/// It remembers so many subjects. Where the oldest has to go, the floor rises to its number: nobody can tell any more of
/// answers from before it.
struct PurgeRegister {
    enum Verdict: Equatable {
        case untouched
        /// It is stale.
        case softened
        case purged
    }

    /// The latest number of each subject of purges of one kind.
    private struct Latest {
        var keys: [CacheKey: UInt64] = [:]
        var tags: [String: UInt64] = [:]
        var patterns: [String: (pattern: GlobPattern, number: UInt64)] = [:]
        var all: UInt64 = 0

        subscript(_ subject: PurgeNotice.Subject) -> UInt64? {
            get {
                switch subject {
                case .key(let key): keys[key]
                case .tag(let tag): tags[tag]
                case .pattern(let pattern): patterns[pattern]?.number
                case .all: all
                }
            }
            set {
                switch subject {
                case .key(let key): keys[key] = newValue
                case .tag(let tag): tags[tag] = newValue
                case .pattern(let text): patterns[text] = newValue.map { (GlobPattern(text), $0) }
                case .all: all = newValue ?? 0
                }
            }
        }

        func hasPurged(_ subject: PurgeSubject, since number: UInt64) -> Bool {
            if all > number { return true }
            if let purged = keys[subject.key], purged > number { return true }
            for tag in subject.tags where (tags[tag] ?? 0) > number { return true }
            return patterns.values.contains { entry in
                guard entry.number > number else { return false }
                return entry.pattern.coversPaths
                    ? entry.pattern.matches(subject.path) : subject.tags.contains { entry.pattern.matches($0) }
            }
        }
    }

    private let capacity: Int
    private var hard = Latest()
    private var soft = Latest()
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
    }

    /// Answers from before it are not to be used.
    mutating func raiseFloor(to number: UInt64) { floor = max(floor, number) }

    /// What has become of an answer that was asked for when so many purges had been made.
    func verdict(on subject: PurgeSubject, since number: UInt64) -> Verdict {
        if number < floor || hard.hasPurged(subject, since: number) { return .purged }
        return soft.hasPurged(subject, since: number) ? .softened : .untouched
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
