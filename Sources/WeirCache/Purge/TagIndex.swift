import WeirHTTP

/// Which entries of a shard carry which tags: a purge by tag costs what it removes, whatever else is stored.
///
///     few carry it   places    tag ─▶ entry, tag ─▶ entry, …                 amid those of all other tags
///     many do        groups    tag ─▶ group ─▶ entry, entry, entry, …        in a table of its own
///
/// A tag is known here by a hash of its name: the names are in the entries, and nowhere else. So what is found for a tag
/// may carry another with its hash, and whoever asks looks at what he gets.
struct TagIndex {
    /// How far a walk through the entries with a tag has got.
    typealias Cursor = HandleTable.Cursor

    private struct Group {
        var tag: UInt32
        var entries: HandleTable
    }

    /// Entries that carry a tag, beyond which it gets a table of its own: all with one hash stand in one row.
    static var maxScattered: Int { 48 }
    /// Those with which it loses that again.
    static var minGrouped: Int { 24 }

    private let seed: UInt64
    private var places: HandleTable
    private var groups: Slab<Group>
    /// Where in the slab a tag's group lies.
    private var groupPlaces: HandleTable

    init() {
        seed = HandleTable.randomSeed()
        places = HandleTable(seed: seed)
        groupPlaces = HandleTable(seed: seed)
        groups = Slab(vacant: Group(tag: 0, entries: HandleTable(seed: seed)))
    }

    /// Entries, each as often as it carries a tag.
    private(set) var count = 0
    /// Slots in which groups lie.
    var slots: Int { groups.slots }
    var hasPageToSpare: Bool { groups.hasPageToSpare }

    /// Users choose names: the hash has a seed drawn at random.
    static func hash(_ name: Span<UInt8>) -> UInt32 {
        var hasher = Hasher()
        // The bytes are read within this call only.
        unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }

    /// The tags of a response, each once.
    static func hashes(of response: StoredResponse) -> [UInt32] {
        var hashes: [UInt32] = []
        response.forEachTag { hashes.append(hash($0)) }
        guard hashes.count > 1 else { return hashes }
        hashes.sort()
        var last: UInt32?
        hashes.removeAll { hash in
            defer { last = hash }
            return hash == last
        }
        return hashes
    }

    // MARK: Changing

    /// - Parameter tags: of ``hashes(of:)``.
    mutating func add(_ entry: EntryHandle, tags: [UInt32]) {
        for tag in tags {
            count += 1
            if let group = group(of: tag) {
                groups[group].entries.insert(entry.index, hash: Self.hash(entry.index))
            } else {
                places.insert(entry.index, hash: tag)
                gatherIfMany(tag)
            }
        }
    }

    /// - Parameter tags: those that it was added with.
    mutating func remove(_ entry: EntryHandle, tags: [UInt32]) {
        for tag in tags {
            count -= 1
            if let group = group(of: tag) {
                groups[group].entries.remove(entry.index, hash: Self.hash(entry.index))
                if groups[group].entries.count <= Self.minGrouped { scatter(group) }
            } else {
                places.remove(entry.index, hash: tag)
            }
        }
    }

    /// Has an entry's tags lead to where it lies now.
    mutating func move(_ entry: EntryHandle, to other: EntryHandle, tags: [UInt32]) {
        for tag in tags {
            if let group = group(of: tag) {
                groups[group].entries.remove(entry.index, hash: Self.hash(entry.index))
                groups[group].entries.insert(other.index, hash: Self.hash(other.index))
            } else {
                places.replace(entry.index, with: other.index, hash: tag)
            }
        }
    }

    /// Moves groups to lower slots as long as a page of them is to spare.
    /// - Parameter steps: one is taken off for each, and for each page that goes.
    mutating func compact(steps: inout Int) {
        while let group = groups.nextToMove(steps: &steps) {
            let place = groups.move(group)
            groupPlaces.replace(group, with: place, hash: groups[place].tag)
            steps -= 1
        }
    }

    private mutating func gatherIfMany(_ tag: UInt32) {
        let entries = places(of: tag)
        guard entries.count > Self.maxScattered else { return }
        var group = Group(tag: tag, entries: HandleTable(seed: seed))
        for entry in entries {
            places.remove(entry, hash: tag)
            group.entries.insert(entry, hash: Self.hash(entry))
        }
        groupPlaces.insert(groups.insert(group), hash: tag)
    }

    private mutating func scatter(_ place: Int32) {
        let group = groups[place]
        groups.remove(place)
        groupPlaces.remove(place, hash: group.tag)
        var cursor = Cursor()
        while !cursor.isAtEnd {
            for entry in group.entries.next(&cursor) { places.insert(entry, hash: group.tag) }
        }
    }

    // MARK: Finding

    /// The next few entries that may carry a tag: of a large group, one part of its table. Over each that carries it all
    /// along a walk comes once, whatever happens between two calls, unless entries move.
    func next(_ tag: UInt32, _ cursor: inout Cursor) -> [EntryHandle] {
        if let group = group(of: tag) { return groups[group].entries.next(&cursor).map { EntryHandle(index: $0) } }
        let former = cursor
        cursor = .end
        // Where there was a group at the call before, some have been gone over.
        return places(of: tag).filter { former.isBefore(Self.hash($0), seed: seed) }.map { EntryHandle(index: $0) }
    }

    private func places(of tag: UInt32) -> [Int32] {
        var entries: [Int32] = []
        var probe = places.probe(tag)
        while let entry = places.next(&probe) { entries.append(entry) }
        return entries
    }

    private func group(of tag: UInt32) -> Int32? {
        guard groupPlaces.count > 0 else { return nil }
        var probe = groupPlaces.probe(tag)
        return groupPlaces.next(&probe)
    }

    /// Places in a row, as those that come one after the other are, have hashes far from each other (MurmurHash3's end).
    private static func hash(_ entry: Int32) -> UInt32 {
        var hash = UInt32(bitPattern: entry)
        hash = (hash ^ hash >> 16) &* 0x85EB_CA6B
        hash = (hash ^ hash >> 13) &* 0xC2B2_AE35
        return hash ^ hash >> 16
    }
}
