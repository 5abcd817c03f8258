import NIOCore
import WeirHTTP

extension Shard {
    /// What becomes of an entry that a purge is meant for.
    enum Consequence { case removed, softened, doubted }

    /// From here on to ``endWalk()`` entries stay at their places, under other locks even.
    mutating func beginWalk(_ purge: Purge) -> PurgeWalk {
        walks += 1
        return PurgeWalk(purge, slots: entries.slots)
    }

    mutating func endWalk() { walks -= 1 }

    /// Goes on with a purge for as long as one may hold the lock: looks for more where nothing found is left, and does to a
    /// few what it does.
    ///
    /// What was there at the walk's beginning is come to once, if it stays. Since it was found it may have left, with all
    /// others even, and something else come in its place: so each is looked at again.
    /// - Returns: how many entries it was meant for.
    mutating func proceed(
        _ walk: inout PurgeWalk,
        _ consequence: Consequence,
        now: NIODeadline,
        removed: inout RemovedEntries
    ) -> Int {
        if walk.isToLook { look(&walk) }
        var count = 0
        for handle in walk.takeFound() {
            guard let entry = entries.element(at: Int(handle.index)), walk.isMeant(for: entry.response) else {
                continue
            }
            count += 1
            apply(consequence, to: handle, now: now, removed: &removed)
        }
        return count
    }

    func look(_ walk: inout PurgeWalk) {
        switch walk.path {
        case .key(let key): walk.find(variants(of: key), by: .end)
        case .tag(_, let cursor) where cursor.isAtEnd:
            walk.nextTag()
            if case .tag = walk.path { look(&walk) }
        case .tag(let name, var cursor):
            let found = tags.next(TagIndex.hash(name.utf8Span.span), &cursor)
            walk.find(found, by: .tag(name, cursor))
        case .slots(let slots):
            let handles = walk.takeSlots(of: slots).compactMap { slot -> EntryHandle? in
                guard let entry = entries.element(at: slot), walk.isMeant(for: entry.response) else { return nil }
                return EntryHandle(index: Int32(slot))
            }
            walk.find(handles)
        case .end: return
        }
    }

    private mutating func apply(
        _ consequence: Consequence,
        to handle: EntryHandle,
        now: NIODeadline,
        removed: inout RemovedEntries
    ) {
        let response = entries.element(handle).response
        switch consequence {
        case .removed: return remove(handle, reason: .purged, into: &removed)
        case .softened:
            put(response.softened(at: now), size: entries.size(handle), at: handle)
            softened += 1
        case .doubted: put(response.doubted(at: now), size: entries.size(handle), at: handle)
        }
        // Its room stays taken.
        removed.add(response, size: 0)
    }
}
