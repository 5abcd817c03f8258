/// Which entries of a shard carry which tags: a purge by tag costs what it removes, whatever else is stored.
///
///     tag "course:7" ─▶ link ⇄ link ⇄ link      each link also leads to the next one of its entry
///                        │      │      │
///                      entry  entry  entry
///
/// Links and tags lie in slabs; an entry keeps only its first link.
struct TagIndex {
    /// An entry's first link; what ``add(_:tags:)`` gave.
    struct Links: Sendable, Equatable {
        fileprivate let first: Int32
        static let none = Links(first: -1)

        func moved(_ moves: SlabMoves) -> Links { Links(first: moves[first]) }
    }

    private struct Tag {
        var name: String
        var hash: UInt32
        /// Negative where nobody carries it any more; then the slot is free.
        var firstLink: Int32
    }

    private struct Link {
        var entry: EntryHandle
        /// Negative where the link is free.
        var tag: Int32
        var previous: Int32
        var next: Int32
        /// In a free link the next free one.
        var nextOfEntry: Int32
    }

    private var identifiers = HandleTable()
    private var tags: [Tag] = []
    private var freeTags: [Int32] = []
    private var links: [Link] = []
    private var freeLink: Int32 = -1
    private var linkCount = 0

    /// Tags that at least one entry carries.
    var count: Int { identifiers.count }
    /// Slots in which tags lie, to be gone through with ``entries(matching:within:)``.
    var slots: Int { tags.count }
    var linkSlots: Int { links.count }
    var isMostlyFree: Bool {
        SlabMoves.areDue(slots: tags.count, taken: count) || SlabMoves.areDue(slots: links.count, taken: linkCount)
    }

    /// - Parameter names: a repeated one counts once.
    mutating func add(_ entry: EntryHandle, tags names: [String]) -> Links {
        var first: Int32 = -1
        for name in names {
            let tag = identify(name)
            // An entry's new link stands before every other link of its tag.
            let head = tags[Int(tag)].firstLink
            if head >= 0, links[Int(head)].entry == entry { continue }
            let link = Link(entry: entry, tag: tag, previous: -1, next: head, nextOfEntry: first)
            first = insert(link)
            if head >= 0 { links[Int(head)].previous = first }
            tags[Int(tag)].firstLink = first
        }
        return Links(first: first)
    }

    mutating func remove(_ removed: Links) {
        var index = removed.first
        while index >= 0 {
            let link = links[Int(index)]
            if link.next >= 0 { links[Int(link.next)].previous = link.previous }
            if link.previous >= 0 {
                links[Int(link.previous)].next = link.next
            } else {
                tags[Int(link.tag)].firstLink = link.next
                if link.next < 0 { forget(link.tag) }
            }
            links[Int(index)].tag = -1
            links[Int(index)].nextOfEntry = freeLink
            freeLink = index
            linkCount -= 1
            index = link.nextOfEntry
        }
    }

    /// Leaves the free slots out.
    /// - Parameter entries: where the entries have gone to.
    /// - Returns: where the links have, for ``Links/moved(_:)``.
    mutating func compact(entries: SlabMoves) -> SlabMoves {
        let tagMoves = SlabMoves(of: tags) { $0.firstLink >= 0 }
        let linkMoves = SlabMoves(of: links) { $0.tag >= 0 }
        tags.compactSlab(tagMoves) { $0.firstLink = linkMoves[$0.firstLink] }
        links.compactSlab(linkMoves) { link in
            link.entry = entries[link.entry]
            link.tag = tagMoves[link.tag]
            link.previous = linkMoves[link.previous]
            link.next = linkMoves[link.next]
            link.nextOfEntry = linkMoves[link.nextOfEntry]
        }
        identifiers.compact(tagMoves)
        freeTags = []
        freeLink = -1
        return linkMoves
    }

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
        for tag in slots.clamped(to: 0..<tags.count) where tags[tag].firstLink >= 0 && pattern.matches(tags[tag].name) {
            forEachEntry(of: Int32(tag)) { entries.append($0) }
        }
        return entries
    }

    private func forEachEntry(of tag: Int32, _ body: (EntryHandle) -> Void) {
        var index = tags[Int(tag)].firstLink
        while index >= 0 {
            body(links[Int(index)].entry)
            index = links[Int(index)].next
        }
    }

    /// Names are hashed with a seed drawn at random: users choose them.
    private static func hash(_ name: String) -> UInt32 { UInt32(truncatingIfNeeded: name.hashValue) }

    private func find(_ name: String, hash: UInt32) -> Int32? {
        var probe = identifiers.probe(hash)
        while let tag = identifiers.next(&probe) {
            if tags[Int(tag)].name == name { return tag }
        }
        return nil
    }

    private mutating func identify(_ name: String) -> Int32 {
        let hash = Self.hash(name)
        if let known = find(name, hash: hash) { return known }
        let tag = Tag(name: name, hash: hash, firstLink: -1)
        let identifier: Int32
        if let free = freeTags.popLast() {
            identifier = free
            tags[Int(free)] = tag
        } else {
            identifier = Int32(tags.count)
            tags.appendToSlab(tag)
        }
        identifiers.insert(identifier, hash: hash)
        return identifier
    }

    private mutating func forget(_ tag: Int32) {
        identifiers.remove(tag, hash: tags[Int(tag)].hash)
        tags[Int(tag)].name = ""
        freeTags.append(tag)
    }

    private mutating func insert(_ link: Link) -> Int32 {
        linkCount += 1
        if freeLink >= 0 {
            let index = freeLink
            freeLink = links[Int(index)].nextOfEntry
            links[Int(index)] = link
            return index
        }
        links.appendToSlab(link)
        return Int32(links.count - 1)
    }
}
