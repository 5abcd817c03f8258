/// What a user or an application wants no more to be served as it is stored.
package enum Purge: Sendable, Hashable {
    /// Every variant under this key.
    case key(CacheKey)
    /// Whatever carries any of these.
    case tags(Set<String>)
    /// By its tags, or by its path when the pattern begins with `/`.
    case pattern(GlobPattern)
    case all

    func matches(_ subject: PurgeSubject) -> Bool {
        switch self {
        case .key(let key): key == subject.key
        case .tags(let tags): subject.mayGainTags || subject.tags.contains { tags.contains($0) }
        case .pattern(let pattern) where pattern.coversPaths: pattern.matches(subject.path)
        case .pattern(let pattern): subject.mayGainTags || subject.tags.contains { pattern.matches($0) }
        case .all: true
        }
    }

    /// Roughly what it takes in memory.
    var size: Int {
        switch self {
        case .tags(let tags): tags.reduce(64) { $0 + $1.utf8.count + 64 }
        case .key, .pattern, .all: 256
        }
    }
}
