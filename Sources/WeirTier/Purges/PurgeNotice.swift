import WeirCache

/// One subject of a purge, as sidecars tell it each other: a letter for its kind, small where what it meets is removed and
/// capital where it only becomes stale, and the subject itself.
///
///     k:<64 hex digits>   t:<tag>   p:<pattern>   a:
struct PurgeNotice: Sendable, Hashable {
    enum Subject: Sendable, Hashable {
        case key(CacheKey)
        case tag(String)
        case pattern(String)
        case all
    }

    let subject: Subject
    let isSoft: Bool

    init(_ subject: Subject, isSoft: Bool) {
        self.subject = subject
        self.isSoft = isSoft
    }

    /// - Returns: nil for what another version of Weir may mean something by.
    init?(_ text: String) {
        guard let letter = text.first, text.dropFirst().first == ":" else { return nil }
        let rest = String(text.dropFirst(2))
        isSoft = letter.isUppercase
        switch letter.lowercased() {
        case "k":
            guard let key = CacheKey(hex: rest) else { return nil }
            subject = .key(key)
        case "t": subject = .tag(rest)
        case "p": subject = .pattern(rest)
        case "a": subject = .all
        default: return nil
        }
    }

    var text: String {
        let (letter, rest) =
            switch subject {
            case .key(let key): ("k", key.description)
            case .tag(let tag): ("t", tag)
            case .pattern(let pattern): ("p", pattern)
            case .all: ("a", "")
            }
        return "\(isSoft ? letter.uppercased() : letter):\(rest)"
    }

    /// What the store does with it.
    var purge: Purge {
        switch subject {
        case .key(let key): .key(key)
        case .tag(let tag): .tags([tag])
        case .pattern(let pattern): .pattern(GlobPattern(pattern))
        case .all: .all
        }
    }

    static func of(_ purge: Purge, isSoft: Bool) -> [PurgeNotice] {
        switch purge {
        case .key(let key): [PurgeNotice(.key(key), isSoft: isSoft)]
        case .tags(let tags): tags.sorted().map { PurgeNotice(.tag($0), isSoft: isSoft) }
        case .pattern(let pattern): [PurgeNotice(.pattern(pattern.text), isSoft: isSoft)]
        case .all: [PurgeNotice(.all, isSoft: isSoft)]
        }
    }

    /// What an earlier process could not tell. What another version means nobody here knows, nor what cannot be read any
    /// more: told as all.
    static func untold(of purges: SnapshotPurges) -> [PurgeNotice] {
        let notices = purges.untold.map { PurgeNotice($0) ?? PurgeNotice(.all, isSoft: false) }
        guard case .untold? = purges.loss else { return notices }
        return notices + [PurgeNotice(.all, isSoft: false)]
    }
}
