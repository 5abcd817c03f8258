/// Which entries of a shard carry which tags: a purge by tag costs what it removes, whatever else is stored.
///
///     tag "course:7" ─▶ link ⇄ link ⇄ link      each link also leads to the next one of its entry
///                        │      │      │
///                      entry  entry  entry
///
/// Links and tags lie in slabs; an entry keeps only its first link, and only the first link of a tag leads to that.
struct TagIndex {
    /// An entry's first link; what ``add(_:tags:)`` gave.
    struct Links: Sendable, Equatable {
        fileprivate let first: Int32
        static let none = Links(first: -1)
    }

    private struct Tag {
        var name: String
        var hash: UInt32
        var firstLink: Int32
    }

    private struct Link {
        var entry: EntryHandle
        /// Of its tag. The first one has its tag here, as the complement: it is negative.
        var previous: Int32
        var next: Int32
        var nextOfEntry: Int32
    }

    private var identifiers = HandleTable()
    private var tags = Slab(vacant: Tag(name: "", hash: 0, firstLink: -1))
    private var links = Slab(vacant: Link(entry: .none, previous: -1, next: -1, nextOfEntry: -1))

    /// Tags that at least one entry carries.
    var count: Int { tags.count }
    /// Slots in which tags lie, to be gone through with ``entries(matching:within:)``.
    var slots: Int { tags.slots }
    var linkSlots: Int { links.slots }
    var hasPageToSpare: Bool { tags.hasPageToSpare || links.hasPageToSpare }

    /// - Parameter names: a repeated one counts once.
    mutating func add(_ entry: EntryHandle, tags names: [String]) -> Links {
        var first: Int32 = -1
        for name in names {
            let tag = identify(name)
            // An entry's new link stands before every other link of its tag.
            let head = tags[tag].firstLink
            if head >= 0, links[head].entry == entry { continue }
            first = links.insert(Link(entry: entry, previous: ~tag, next: head, nextOfEntry: first))
            if head >= 0 { links[head].previous = first }
            tags[tag].firstLink = first
        }
        return Links(first: first)
    }

    mutating func remove(_ removed: Links) {
        var index = removed.first
        while index >= 0 {
            let link = links[index]
            if link.next >= 0 { links[link.next].previous = link.previous }
            if link.previous >= 0 {
                links[link.previous].next = link.next
            } else {
                tags[~link.previous].firstLink = link.next
                if link.next < 0 { forget(~link.previous) }
            }
            links.remove(index)
            index = link.nextOfEntry
        }
    }

    // MARK: Moving

    /// The entry whose links are to be moved next, with ``settle(_:steps:)``, so that the last page of them can go; nil
    /// where none is to spare.
    /// - Parameter steps: one is taken off for each page that goes.
    mutating func nextToSettle(steps: inout Int) -> EntryHandle? {
        links.nextToMove(steps: &steps).map { links[$0].entry }
    }

    /// Moves an entry's links to lower slots as far as they are astray.
    /// - Parameter steps: one is taken off for each of its links.
    mutating func settle(_ settled: Links, steps: inout Int) -> Links {
        var first: Int32 = -1
        var last: Int32 = -1
        var index = settled.first
        while index >= 0 {
            let place = links.isAstray(index) ? move(index) : index
            if last >= 0 { links[last].nextOfEntry = place } else { first = place }
            last = place
            index = links[place].nextOfEntry
            steps -= 1
        }
        return Links(first: first)
    }

    private mutating func move(_ link: Int32) -> Int32 {
        let place = links.move(link)
        let (previous, next) = (links[place].previous, links[place].next)
        if next >= 0 { links[next].previous = place }
        if previous >= 0 { links[previous].next = place } else { tags[~previous].firstLink = place }
        return place
    }

    /// Has an entry's links lead to where it lies now.
    /// - Parameter steps: one is taken off for each of them.
    mutating func redirect(_ redirected: Links, to entry: EntryHandle, steps: inout Int) {
        var index = redirected.first
        while index >= 0 {
            links[index].entry = entry
            index = links[index].nextOfEntry
            steps -= 1
        }
    }

    /// Moves tags to lower slots as long as a page of them is to spare.
    /// - Parameter steps: one is taken off for each, and for each page that goes.
    mutating func compactTags(steps: inout Int) {
        while let tag = tags.nextToMove(steps: &steps) {
            let place = tags.move(tag)
            identifiers.replace(tag, with: place, hash: tags[place].hash)
            links[tags[place].firstLink].previous = ~place
            steps -= 1
        }
    }

    // MARK: Finding

    /// Every entry with this tag.
    func entries(tagged name: String) -> [EntryHandle] {
        var entries: [EntryHandle] = []
        guard let tag = find(name, hash: Self.hash(name)) else { return entries }
        forEachEntry(of: tag) { entries.append($0) }
        return entries
    }

    /// Every entry with a tag that the pattern matches, among those in a part of the slots; as often as it has such tags.
    func entries(matching pattern: GlobPattern, within slots: Range<Int>) -> [EntryHandle] {
        var entries: [EntryHandle] = []
        for slot in slots.clamped(to: 0..<tags.slots) where tags.isTaken(slot) {
            let tag = Int32(slot)
            if pattern.matches(tags[tag].name) { forEachEntry(of: tag) { entries.append($0) } }
        }
        return entries
    }

    private func forEachEntry(of tag: Int32, _ body: (EntryHandle) -> Void) {
        var index = tags[tag].firstLink
        while index >= 0 {
            body(links[index].entry)
            index = links[index].next
        }
    }

    /// Names are hashed with a seed drawn at random: users choose them.
    private static func hash(_ name: String) -> UInt32 { UInt32(truncatingIfNeeded: name.hashValue) }

    private func find(_ name: String, hash: UInt32) -> Int32? {
        var probe = identifiers.probe(hash)
        while let tag = identifiers.next(&probe) {
            if tags[tag].name == name { return tag }
        }
        return nil
    }

    private mutating func identify(_ name: String) -> Int32 {
        let hash = Self.hash(name)
        if let known = find(name, hash: hash) { return known }
        let identifier = tags.insert(Tag(name: name, hash: hash, firstLink: -1))
        identifiers.insert(identifier, hash: hash)
        return identifier
    }

    private mutating func forget(_ tag: Int32) {
        identifiers.remove(tag, hash: tags[tag].hash)
        tags.remove(tag)
    }
}
