import WeirCache

/// Subjects of purges of one kind, each with the number of its latest.
struct PurgedSubjects {
    private var keys: [CacheKey: UInt64] = [:]
    private var tags: [String: UInt64] = [:]
    private var patterns: [String: (pattern: GlobPattern, number: UInt64)] = [:]
    private var all: UInt64?

    var count: Int { keys.count + tags.count + patterns.count + (all == nil ? 0 : 1) }

    var patternCount: Int { patterns.count }

    /// - Returns: its number; 0 where there is none.
    mutating func removeOldestPattern() -> UInt64 {
        guard let oldest = patterns.min(by: { $0.value.number < $1.value.number }) else { return 0 }
        patterns[oldest.key] = nil
        return oldest.value.number
    }

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
            case .all: all = newValue
            }
        }
    }

    /// Those with this number and with lower ones.
    mutating func removeAll(upTo number: UInt64) {
        keys = keys.filter { $0.value > number }
        tags = tags.filter { $0.value > number }
        patterns = patterns.filter { $0.value.number > number }
        if let latest = all, latest <= number { all = nil }
    }

    /// Whether a purge with a higher number is meant for it.
    func covers(_ subject: PurgeSubject, since number: UInt64) -> Bool {
        if let all, all > number { return true }
        if let purged = keys[subject.key], purged > number { return true }
        for tag in subject.tags where (tags[tag] ?? 0) > number { return true }
        return patterns.values.contains { entry in
            guard entry.number > number else { return false }
            return entry.pattern.coversPaths
                ? entry.pattern.matches(subject.path) : subject.tags.contains { entry.pattern.matches($0) }
        }
    }
}
