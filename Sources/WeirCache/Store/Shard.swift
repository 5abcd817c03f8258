import NIOCore
import WeirHTTP

/// One part of the store, behind one lock: the entries whose keys fall to it, found by key, by tag and in the order
/// in which they may go. A pure machine; the budget, the lock and the purge log are the store's.
///
///     index   key's hash ─▶ newest variant ─▶ older variant ─▶ …       (handles into the slab)
///     tags    tag's hash ─▶ every entry that carries it
///     entries the slab, linked as S3-FIFO's queues
struct Shard: ~Copyable {
    /// Slots looked at for dead entries at each eviction.
    private static let sweptSlots = 16

    private struct Found {
        let handle: EntryHandle
        let entry: StoreEntry
    }

    private var maxVariants: Int
    var index = HandleTable()
    var tags = TagIndex()
    var entries = S3FIFO<StoreEntry>()
    /// Purges under way that hold on to places.
    var walks = 0
    private(set) var insertions: UInt64 = 0
    private(set) var evictions = EvictionCounts()
    /// Entries that soft purges were meant for.
    var softened: UInt64 = 0

    init(maxVariants: Int) { self.maxVariants = max(1, maxVariants) }

    var count: Int { entries.count }

    /// Holds from the next insert under a key on.
    mutating func setMaxVariants(_ count: Int) { maxVariants = max(1, count) }

    var bytes: Int { entries.bytes }

    // MARK: Looking up

    /// The variant for this request that comes before all others (``isPreferred(_:to:)``).
    mutating func lookup(
        _ key: CacheKey,
        request: FieldSection,
        now: NIODeadline,
        removed: inout RemovedEntries
    ) -> StoreLookup {
        var hasVariants = false
        guard let chosen = choose(key, request, now: now, hasVariants: &hasVariants, removed: &removed) else {
            return hasVariants ? .varyMiss : .miss
        }
        entries.use(chosen.handle)
        return .hit(chosen.entry.response)
    }

    func candidates(_ key: CacheKey, request: FieldSection) -> [StoredResponse] {
        variants(of: key).map { entries.element($0) }
            .filter { $0.response.answers(request) }
            .sorted { Self.isPreferred($0, to: $1) }
            .map(\.response)
    }

    /// Variants that nobody may be served leave on the way.
    private mutating func choose(
        _ key: CacheKey,
        _ request: FieldSection,
        now: NIODeadline,
        hasVariants: inout Bool,
        removed: inout RemovedEntries
    ) -> Found? {
        var next = find(key)
        var chosen: Found?
        while let variant = next {
            // Its entry has been taken along: each look at the slab counts a reference, which is dear where many threads
            // ask for one response.
            let entry = variant.entry
            next = entry.older == .none ? nil : Found(handle: entry.older, entry: entries.element(entry.older))
            if entry.uselessAt <= now, !entry.response.freshness.permitsStale {
                remove(variant.handle, reason: .expired, into: &removed)
            } else if !entry.response.answers(request) {
                hasVariants = true
            } else if chosen.map({ Self.isPreferred(entry, to: $0.entry) }) ?? true {
                chosen = variant
            }
        }
        return chosen
    }

    /// Whether it is to be chosen before another that matches too: the newer one (RFC 9111 §4), and before that what has a
    /// `Vary`. Where both are there the other was sent for other requests (see
    /// ``insert(_:answering:size:removed:)``), perhaps
    /// without a `Vary` by mistake (§4.1).
    private static func isPreferred(_ entry: StoreEntry, to other: StoreEntry) -> Bool {
        let (selects, otherSelects) = (entry.response.isSelected, other.response.isSelected)
        guard selects == otherSelects else { return selects }
        return isNewer(entry.response, than: other.response)
    }

    /// By its `Date`; one without is older than all others (RFC 9111 §4).
    private static func isNewer(_ response: StoredResponse, than other: StoredResponse) -> Bool {
        guard let date = response.date else { return false }
        return other.date.map { $0 < date } ?? true
    }

    // MARK: Storing

    /// Stores a response in the place of the one with its key and selection, if there is one: that keeps its
    /// standing among the others, since it is what was asked for so often.
    ///
    /// Whatever else the request that it answers could have had leaves, unless that is newer: otherwise it would come back
    /// once this one is gone, or before it.
    ///
    /// - Parameter askedAt: when it was asked for.
    /// - Returns: false where a newer one (by its `Date`) that the request could have had has come since then: it is left.
    mutating func insert(
        _ response: StoredResponse,
        answering request: FieldSection = FieldSection(),
        askedAt: NIODeadline = .distantFuture,
        size: Int,
        removed: inout RemovedEntries
    ) -> Bool {
        let isOutrun = variants(of: response.key).contains { handle in
            let other = entries.element(handle).response
            return other.receivedAt > askedAt && Self.isNewer(other, than: response)
                && (other.selection == response.selection || other.answers(request))
        }
        guard !isOutrun else { return false }
        remove(response.key, into: &removed) { former in
            former.selection != response.selection && former.answers(request)
                && !Self.isNewer(former, than: response)
        }
        put(response, size: size, removed: &removed)
        return true
    }

    /// Removes the variants of a key that are meant.
    private mutating func remove(
        _ key: CacheKey,
        into removed: inout RemovedEntries,
        where isMeant: (StoredResponse) -> Bool
    ) {
        for handle in variants(of: key) where isMeant(entries.element(handle).response) {
            remove(handle, reason: .replaced, into: &removed)
        }
    }

    /// Of what a request could have, leaves the newest alone.
    mutating func settle(_ key: CacheKey, for request: FieldSection, removed: inout RemovedEntries) {
        let matching = variants(of: key).map { entries.element($0).response }.filter { $0.answers(request) }
        guard
            let newest = matching.max(by: {
                Self.isNewer($1, than: $0) || !Self.isNewer($0, than: $1) && $0.receivedAt < $1.receivedAt
            })
        else { return }
        remove(key, into: &removed) { $0 !== newest && $0.answers(request) }
    }

    /// Removes this very response.
    mutating func remove(_ response: StoredResponse, removed: inout RemovedEntries) {
        remove(response.key, into: &removed) { $0 === response }
    }

    private mutating func put(_ response: StoredResponse, size: Int, removed: inout RemovedEntries) {
        insertions += 1
        let newest = newest(response.key)
        var handle = newest
        var variants = 0
        while handle != .none {
            let entry = entries.element(handle)
            if entry.response.selection == response.selection {
                removed.add(entry.response, size: entries.size(handle))
                evictions.replaced += 1
                put(response, size: size, at: handle)
                return moveToFront(handle, before: newest, key: response.key)
            }
            variants += 1
            handle = entry.older
        }
        let hash = Self.hash(response.key)
        handle = entries.insert(StoreEntry(response), size: size, fingerprint: hash)
        tags.add(handle, tags: TagIndex.hashes(of: response))
        if newest == .none {
            index.insert(handle.index, hash: hash)
        } else {
            index.replace(newest.index, with: handle.index, hash: hash)
        }
        entries.update(handle) { $0.older = newest }
        while variants >= maxVariants {
            removeOldest(response.key, into: &removed)
            variants -= 1
        }
    }

    /// Puts `new` where `old` is, if that is still the very one stored.
    mutating func replace(
        _ old: StoredResponse,
        with new: StoredResponse,
        size: Int,
        removed: inout RemovedEntries
    ) -> Bool {
        var handle = newest(old.key)
        while handle != .none {
            let entry = entries.element(handle)
            if entry.response === old {
                removed.add(old, size: entries.size(handle))
                put(new, size: size, at: handle)
                return true
            }
            handle = entry.older
        }
        return false
    }

    /// Stores what was stored before this store began: as the oldest under its key and the next to go of its queue.
    /// - Returns: false where a newer one is here that has its key, and its selection or none, or as many variants as there
    ///   may be.
    mutating func restore(_ response: StoredResponse, size: Int, standing: EntryStanding) -> Bool {
        var older = newest(response.key)
        var oldest = EntryHandle.none
        var variants = 0
        while older != .none {
            let entry = entries.element(older)
            let isForAll = !entry.response.isSelected && Self.isNewer(entry.response, than: response)
            if isForAll || entry.response.selection == response.selection { return false }
            (oldest, older) = (older, entry.older)
            variants += 1
        }
        guard variants < maxVariants else { return false }
        let hash = Self.hash(response.key)
        let handle = entries.restore(StoreEntry(response), size: size, fingerprint: hash, standing: standing)
        tags.add(handle, tags: TagIndex.hashes(of: response))
        if oldest == .none {
            index.insert(handle.index, hash: hash)
        } else {
            entries.update(oldest) { $0.older = handle }
        }
        return true
    }

    mutating func put(_ response: StoredResponse, size: Int, at handle: EntryHandle) {
        let old = entries.element(handle)
        var entry = StoreEntry(response)
        entry.older = old.older
        if !old.response.hasSameTags(as: response) {
            tags.remove(handle, tags: TagIndex.hashes(of: old.response))
            tags.add(handle, tags: TagIndex.hashes(of: response))
        }
        entries.update(handle) { $0 = entry }
        entries.resize(handle, to: size)
    }

    // MARK: Removing

    /// Makes room: dead entries first, then what S3-FIFO gives.
    /// - Parameters:
    ///   - wanted: bytes to free, or a little more.
    ///   - floor: bytes at which it stops before that.
    mutating func evict(bytes wanted: Int, downTo floor: Int, now: NIODeadline, removed: inout RemovedEntries) {
        let goal = removed.bytes + wanted
        while removed.bytes < goal, bytes > floor {
            var slots = Self.sweptSlots
            if let dead = entries.sweep(slots: &slots, where: { $0.uselessAt <= now }) {
                remove(dead, reason: .expired, into: &removed)
                continue
            }
            guard let victim = entries.victim() else { return }
            let reason: EvictionReason = entries.element(victim).uselessAt <= now ? .expired : .capacity
            remove(victim, reason: reason, into: &removed)
        }
    }

    /// Looks at the next slots, going round from call to call, and removes what nobody can use any more.
    /// - Parameters:
    ///   - slots: how many are looked at.
    ///   - limit: entries at which it stops before that.
    mutating func sweep(slots: Int, limit: Int, now: NIODeadline, removed: inout RemovedEntries) {
        var slots = slots
        let last = removed.count + limit
        while removed.count < last {
            guard let dead = entries.sweep(slots: &slots, where: { $0.isDead(at: now) }) else { return }
            remove(dead, reason: .expired, into: &removed)
        }
    }

    /// All that a request could have.
    mutating func remove(_ key: CacheKey, matching request: FieldSection, removed: inout RemovedEntries) {
        remove(key, into: &removed) { $0.answers(request) }
    }

    /// Empties it, whatever it held, without looking at a single entry.
    /// - Returns: what it was, for the caller to let go of.
    mutating func removeAll(reason: EvictionReason) -> Shard {
        var old = Shard(maxVariants: maxVariants)
        swap(&self, &old)
        insertions = old.insertions
        evictions = old.evictions
        softened = old.softened
        walks = old.walks
        evictions[reason] += UInt64(old.count)
        return old
    }

    mutating func remove(_ handle: EntryHandle, reason: EvictionReason, into removed: inout RemovedEntries) {
        let entry = entries.element(handle)
        unlink(handle, newest: newest(entry.response.key), key: entry.response.key, older: entry.older)
        tags.remove(handle, tags: TagIndex.hashes(of: entry.response))
        evictions[reason] += 1
        removed.add(entry.response, size: entries.size(handle))
        entries.remove(handle)
    }

    // MARK: Variants

    /// SHA-256 is uniform: any part of it is as good a hash as can be had.
    static func hash(_ key: CacheKey) -> UInt32 { UInt32(truncatingIfNeeded: key.word1) }

    /// The newest variant of a key.
    private func find(_ key: CacheKey) -> Found? {
        var probe = index.probe(Self.hash(key))
        while let place = index.next(&probe) {
            let handle = EntryHandle(index: place)
            let entry = entries.element(handle)
            if entry.response.key == key { return Found(handle: handle, entry: entry) }
        }
        return nil
    }

    func newest(_ key: CacheKey) -> EntryHandle { find(key)?.handle ?? .none }

    func variants(of key: CacheKey) -> [EntryHandle] {
        var variants: [EntryHandle] = []
        var handle = newest(key)
        while handle != .none {
            variants.append(handle)
            handle = entries.element(handle).older
        }
        return variants
    }

    /// - Parameters:
    ///   - newest: of its key.
    ///   - older: what follows the handle.
    private mutating func unlink(_ handle: EntryHandle, newest: EntryHandle, key: CacheKey, older: EntryHandle) {
        if newest != handle {
            var newer = newest
            while entries.element(newer).older != handle { newer = entries.element(newer).older }
            entries.update(newer) { $0.older = older }
        } else if older == .none {
            index.remove(handle.index, hash: Self.hash(key))
        } else {
            index.replace(handle.index, with: older.index, hash: Self.hash(key))
        }
    }

    private mutating func moveToFront(_ handle: EntryHandle, before newest: EntryHandle, key: CacheKey) {
        guard newest != handle else { return }
        unlink(handle, newest: newest, key: key, older: entries.element(handle).older)
        entries.update(handle) { $0.older = newest }
        index.replace(newest.index, with: handle.index, hash: Self.hash(key))
    }

    private mutating func removeOldest(_ key: CacheKey, into removed: inout RemovedEntries) {
        var oldest = newest(key)
        while entries.element(oldest).older != .none { oldest = entries.element(oldest).older }
        remove(oldest, reason: .replaced, into: &removed)
    }
}
