import WeirHTTP

/// How far a purge has got in a shard: it lets go of the shard's lock between its parts.
///
///     look: some of the places that its path leads to ─▶ found ─▶ purge: a few of those, where it is meant for them still
///       ▲                                                                                         │ until none are left
///       └─────────────────────────────────────────────────────────────────────────────────────────┘
///
/// The shard drives it (``Shard/proceed(_:_:now:removed:)``), and moves nothing until it is over.
struct PurgeWalk {
    /// What leads to what it is meant for.
    enum Path {
        case key(CacheKey)
        case tag(String, TagIndex.Cursor)
        /// Of the slab, those that there were at its beginning.
        case slots(Range<Int>)
        case end
    }

    /// Slots gone through under one lock.
    private static var slotsAtOnce: Int { 256 }
    /// Entries removed or marked under one lock.
    private static var entriesAtOnce: Int { 64 }

    private let purge: Purge
    private(set) var path: Path
    private var found: ArraySlice<EntryHandle> = []
    /// Tags that are left after the one that it goes by.
    private var tags: [String] = []
    /// Those before it: what carries one of them has been come to already.
    private var former: [String] = []

    /// - Parameter slots: of the slab.
    init(_ purge: Purge, slots: Int) {
        self.purge = purge
        switch purge {
        case .key(let key): path = .key(key)
        case .tags(let names):
            tags = Array(names)
            path = .end
            nextTag()
        case .pattern, .all: path = .slots(0..<slots)
        }
    }

    /// Entries that were found and not yet dealt with.
    var foundCount: Int { found.count }

    /// Whether what was found is dealt with, so that more is to be looked for.
    var isToLook: Bool { found.isEmpty }

    var isAtEnd: Bool {
        guard found.isEmpty else { return false }
        return switch path {
        case .key: false
        case .tag(_, let cursor): cursor.isAtEnd && tags.isEmpty
        case .slots(let slots): slots.isEmpty
        case .end: true
        }
    }

    // MARK: Looking

    /// The slots to be gone through now.
    mutating func takeSlots(of slots: Range<Int>) -> Range<Int> {
        let taken = slots.lowerBound..<min(slots.lowerBound + Self.slotsAtOnce, slots.upperBound)
        path = .slots(taken.upperBound..<slots.upperBound)
        return taken
    }

    /// Goes on with the next tag, if there is one.
    mutating func nextTag() {
        if case .tag(let name, _) = path { former.append(name) }
        path = tags.popLast().map { .tag($0, TagIndex.Cursor()) } ?? .end
    }

    mutating func find(_ entries: [EntryHandle], by path: Path) {
        found = entries[...]
        self.path = path
    }

    mutating func find(_ entries: [EntryHandle]) { found = entries[...] }

    // MARK: Purging

    /// Some of what was found, each once.
    mutating func takeFound() -> ArraySlice<EntryHandle> {
        defer { found = found.dropFirst(Self.entriesAtOnce) }
        return found.prefix(Self.entriesAtOnce)
    }

    func isMeant(for response: StoredResponse) -> Bool {
        switch (purge, path) {
        case (.key(let key), _): key == response.key
        case (.tags, .tag(let name, _)): response.carries(name) && !former.contains { response.carries($0) }
        case (.tags, _): false
        case (.pattern(let pattern), _) where pattern.coversPaths: response.withPath { pattern.matches($0) }
        case (.pattern(let pattern), _): response.containsTag { pattern.matches($0) }
        case (.all, _): true
        }
    }
}
