package import NIOCore
import Synchronization
package import WeirHTTP

/// Stored responses in memory, within a budget of bytes that always holds, shared by all event loops.
///
/// Keys fall to shards by their digest. Each shard has its lock, its indices and its queues; what the shards share
/// is one count of bytes. An insert reserves its bytes first and, where there are none left, evicts from its own
/// shard down to an equal share, then from whichever shard is over its share. So no shard is ever too small for one
/// object, and the busy ones do not eat up the others.
///
/// Responses leave a shard under its lock and are freed after it; a reader that holds one keeps it alive.
package final class MemoryStore: Sendable {
    /// Tags of an entry besides those that applications give: one that stands for its URL.
    private static let ownTags = 1

    /// Slots that a sweep goes through under one lock.
    private static let slotsPerLock = 256
    /// Slots that one call of ``sweep(now:)`` goes through in all shards together.
    private static let sweptSlots = 8192
    /// Entries that one call removes at most.
    private static let sweptEntries = 1024
    /// Entries, and tags of theirs, that one call moves, in all shards together.
    private static let movedPlaces = 2048
    /// Those that it moves, or pages that it lets go of, under one lock.
    private static let stepsPerLock = 64
    /// How often it comes to each shard.
    private static let compactingTurns = 4
    /// A shard gets at least this many bytes: with few entries its queues could not tell good from bad.
    private static let minShare = 1 << 20

    private let settings: Mutex<CacheSettings>
    private let shards: [LockedShard]
    private let budget: MemoryBudget
    private let purges: PurgeLog
    /// Where the search for a shard over its share begins next time.
    private let cursor = Atomic<Int>(0)
    private let isRestoring = Atomic<Bool>(false)

    /// - Parameter shards: at most so many; fewer where memory is small, so that each holds a few of the largest
    ///   objects.
    package convenience init(settings: CacheSettings, shards: Int = 64) {
        self.init(settings: settings, shards: shards, purges: PurgeLog())
    }

    init(settings: CacheSettings, shards: Int, purges: PurgeLog) {
        self.settings = Mutex(settings)
        self.purges = purges
        budget = MemoryBudget(capacity: max(0, settings.memory))
        let share = max(Self.minShare, 2 * min(settings.maxObject, settings.memory / 8))
        var count = 1
        while count * 2 <= min(shards, settings.memory / share) { count *= 2 }
        self.shards = (0..<count).map { _ in LockedShard(maxVariants: settings.maxVariants) }
    }

    /// Goes by other bounds from here on: where there are fewer bytes than are used, evicts down to them. What is
    /// stored already and would now be too large, or have too many tags, stays until it leaves by itself. The number
    /// of shards stays what it was.
    package func change(to settings: CacheSettings, now: NIODeadline = .now()) {
        self.settings.withLock { $0 = settings }
        for locked in shards { locked.shard.withLock { $0.setMaxVariants(settings.maxVariants) } }
        budget.capacity = max(0, settings.memory)
        let share = budget.capacity / shards.count
        while budget.shortfall(of: 0) > 0 {
            // Each share is a part of the whole: as long as there is too much of it, some shard has more than its own,
            // or what is reserved is not stored yet, and leaves again by its own insert.
            guard evictElsewhere(budget.shortfall(of: 0), downTo: share, now: now) else { return }
        }
    }

    package var statistics: StoreStatistics {
        // The shards are gone through one after the other: an entry that makes room in one for another in the next
        // would be counted twice, where the budget has but one count.
        var statistics = StoreStatistics(bytes: budget.used, capacityBytes: budget.capacity)
        for locked in shards {
            locked.shard.withLock { shard in
                statistics.entries += shard.count
                statistics.insertions += shard.insertions
                statistics.evictionsByReason += shard.evictions
                statistics.softened += shard.softened
            }
        }
        return statistics
    }

    // MARK: Looking up

    /// - Parameter now: a clock's reading that the caller has at hand.
    package func lookup(_ key: CacheKey, request: FieldSection, now: NIODeadline = .now()) -> StoreLookup {
        var removed = RemovedEntries()
        let found = home(of: key).shard.withLock { shard in
            shard.lookup(key, request: request, now: now, removed: &removed)
        }
        budget.release(removed.bytes)
        return found
    }

    /// Every stored response that could be chosen for a request, fresh or stale (RFC 9111 §4.3.4), the newest by its
    /// `Date` first, but what has a `Vary` before what has none.
    package func candidates(_ key: CacheKey, request: FieldSection) -> [StoredResponse] {
        home(of: key).shard.withLock { $0.candidates(key, request: request) }
    }

    // MARK: Storing

    /// The present point in the order of purges. A fetch takes it before it asks its upstream.
    package func mark() -> PurgeMark { purges.mark() }

    /// Whether a purge since the mark is meant for this, or may have been.
    package func hasPurged(_ subject: PurgeSubject, since mark: PurgeMark) -> Bool {
        purges.hasPurged(subject, since: mark)
    }

    /// Stores a response, in the place of the one with the same key and selection.
    /// - Parameters:
    ///   - request: which it answers; older responses that it could have had leave.
    ///   - askedAt: when it was asked for: what is newer and has come since then is not replaced.
    ///   - mark: taken when the fetch of this response began.
    package func insert(
        _ response: StoredResponse,
        answering request: FieldSection = FieldSection(),
        askedAt: NIODeadline = .distantFuture,
        since mark: PurgeMark,
        now: NIODeadline = .now()
    ) -> InsertOutcome {
        let settings = settings.withLock { $0 }
        guard response.tagCount <= settings.maxTags + Self.ownTags else { return .tooManyTags }
        let size = response.size
        guard Self.fits(response, size: size, settings) else { return .tooLarge }
        guard makeRoom(for: size, in: response.key, now: now) else { return .full }
        var removed = RemovedEntries()
        let outcome = home(of: response.key).shard.withLock { shard -> InsertOutcome in
            // Asked under the lock: see PurgeLog.
            if purges.hasPurged(response.purgeSubject, since: mark) { return .purged }
            let isStored = shard.insert(
                response,
                answering: request,
                askedAt: askedAt,
                size: size,
                removed: &removed
            )
            return isStored ? .stored : .outrun
        }
        budget.release(outcome == .stored ? removed.bytes : size)
        return outcome
    }

    /// Puts `new` in the place of `old`, which may have got a 304 or another representation meanwhile.
    /// - Returns: false when `old` is not the very response that is stored, or `new` does not fit.
    package func replace(
        _ old: StoredResponse,
        with new: StoredResponse,
        now: NIODeadline = .now()
    ) -> Bool {
        precondition(old.key == new.key, "Cannot replace a response by one with another key")
        let settings = settings.withLock { $0 }
        guard new.tagCount <= settings.maxTags + Self.ownTags else { return false }
        let size = new.size
        guard Self.fits(new, size: size, settings) else { return false }
        let growth = max(0, size - old.size)
        guard makeRoom(for: growth, in: new.key, now: now) else { return false }
        var removed = RemovedEntries()
        let isReplaced = home(of: new.key).shard.withLock { shard in
            shard.replace(old, with: new, size: size, removed: &removed)
        }
        // What was there before and what was reserved, less what is there now.
        budget.release(isReplaced ? removed.bytes + growth - size : growth)
        return isReplaced
    }

    private static func fits(_ response: StoredResponse, size: Int, _ settings: CacheSettings) -> Bool {
        response.largestBody <= settings.maxObject && size <= settings.memory / 8
    }

    /// Removes what the request could have had, and no other variant: a newer one, which is not stored, has come in its
    /// place.
    package func remove(key: CacheKey, matching request: FieldSection) {
        // What is about to be restored is older too.
        if isRestoring.load(ordering: .relaxed) { purges.append(.key(key)) }
        _ = remove(from: home(of: key)) { shard, removed in
            shard.remove(key, matching: request, removed: &removed)
        }
    }

    /// Removes this very response, if it is still stored.
    package func remove(_ response: StoredResponse) {
        _ = remove(from: home(of: response.key)) { shard, removed in shard.remove(response, removed: &removed) }
    }

    /// Of what a request could have, leaves the newest alone: that is what it has just been given, by another's fetch.
    package func settle(key: CacheKey, for request: FieldSection) {
        _ = remove(from: home(of: key)) { shard, removed in shard.settle(key, for: request, removed: &removed) }
    }

    // MARK: Restoring

    /// From here on to ``endRestoring()`` what was stored before this store began may come back.
    /// - Returns: what ``StoreSnapshot/read(into:since:at:isCancelled:)`` is told, so that nothing comes back which is purged
    ///   meanwhile.
    package func beginRestoring() -> PurgeMark {
        isRestoring.store(true, ordering: .relaxed)
        return mark()
    }

    package func endRestoring() { isRestoring.store(false, ordering: .relaxed) }

    /// Stores what was stored before this store began, behind everything that has come since: that makes no room for it.
    /// - Returns: false where it is of no use any more, has been purged, there is a newer one or no room.
    func restore(
        _ response: StoredResponse,
        standing: EntryStanding,
        since mark: PurgeMark,
        now: NIODeadline
    ) -> Bool {
        let settings = settings.withLock { $0 }
        let size = response.size
        guard response.uselessAt > now, response.tagCount <= settings.maxTags + Self.ownTags,
            Self.fits(response, size: size, settings), makeRoom(restoring: size, in: response.key, now: now)
        else { return false }
        let isRestored = home(of: response.key).shard.withLock { shard in
            // Asked under the lock: see PurgeLog.
            !purges.hasPurged(response.purgeSubject, since: mark)
                && shard.restore(response, size: size, standing: standing)
        }
        if !isRestored { budget.release(size) }
        return isRestored
    }

    /// What is stored, shard by shard, each from the last to go to the first; a shard's lock is held for a few entries at
    /// a time. What is stored meanwhile may be left out, and is before what it has come in the place of where it is not.
    func forEachShard(_ body: ([(response: StoredResponse, standing: EntryStanding)]) throws(SnapshotFault) -> Void)
        throws(SnapshotFault)
    {
        for locked in shards { try body(standings(of: locked)) }
    }

    private func standings(of locked: LockedShard) -> [(response: StoredResponse, standing: EntryStanding)] {
        var standings: [(response: StoredResponse, standing: EntryStanding)] = []
        locked.shard.withLock { $0.beginStandings() }
        defer { locked.shard.withLock { $0.endStandings() } }
        while true {
            let next = locked.shard.withLock { $0.nextStandings() }
            guard !next.isEmpty else { break }
            standings += next
        }
        // What has moved on meanwhile is there twice.
        var seen: Set<ObjectIdentifier> = []
        return standings.reversed().filter { seen.insert(ObjectIdentifier($0.response)).inserted }
    }

    // MARK: Expiry

    /// Removes some of what nobody can use any more, going on where the call before has stopped: a part of every shard,
    /// each under its lock for a few microseconds. What can be validated stays, and leaves when there is need of room.
    /// Shards that have much fewer entries than they had give the memory of their slabs back.
    package func sweep(now: NIODeadline) {
        let turns = max(1, Self.sweptSlots / shards.count / Self.slotsPerLock)
        let (slots, limit) = (Self.sweptSlots / shards.count / turns, Self.sweptEntries / shards.count / turns)
        for _ in 0..<turns {
            for locked in shards {
                _ = remove(from: locked) { shard, removed in
                    shard.sweep(slots: slots, limit: limit, now: now, removed: &removed)
                }
            }
        }
        compact()
    }

    /// Slots of all slabs, used and free.
    var slots: Int { shards.reduce(0) { $0 + $1.shard.withLock { $0.slots } } }

    /// By turns, as above: who waits for a shard has it in between. What is not reached now is at the next call.
    private func compact() {
        var left = Self.movedPlaces
        for _ in 0..<Self.compactingTurns {
            for locked in shards where left > 0 {
                let steps = min(left, Self.stepsPerLock)
                left -= locked.shard.withLock { shard in
                    var unused = steps
                    shard.compact(steps: &unused)
                    return steps - unused
                }
            }
        }
    }

    // MARK: Purging

    /// Removes what a purge is meant for, every variant of it.
    ///
    /// What is fetched at this moment, having been asked for before, is not stored, whether the purge is soft or not:
    /// see ``hasPurged(_:since:)``.
    /// - Parameter softly: leaves it in its place, stale from `now` on (``StoredResponse/softened(at:)``).
    /// - Returns: how many entries it was meant for.
    package func purge(_ purge: Purge, softly: Bool = false, now: NIODeadline = .now()) -> Int {
        if case .tags(let tags) = purge, tags.isEmpty { return 0 }
        purges.append(purge)
        let consequence: Shard.Consequence = softly ? .softened : .removed
        switch purge {
        case .key(let key): return self.purge(purge, consequence, in: home(of: key), now: now)
        case .all where !softly: return shards.reduce(0) { $0 + empty($1) }
        case .tags, .pattern, .all:
            return shards.reduce(0) { $0 + self.purge(purge, consequence, in: $1, now: now) }
        }
    }

    /// Purges may have been missed: whatever is stored is validated before it is used again, and stands in for nothing.
    package func doubtAll(now: NIODeadline = .now()) {
        purges.append(.all)
        for locked in shards { _ = purge(.all, .doubted, in: locked, now: now) }
    }

    private func empty(_ locked: LockedShard) -> Int {
        let old = locked.shard.withLock { $0.removeAll(reason: .purged) }
        budget.release(old.bytes)
        return old.count
    }

    /// In parts, each under the lock for a few microseconds, so that nobody who wants something else waits for long.
    /// What comes in meanwhile was fetched after the purge, or is refused because of it.
    private func purge(
        _ purge: Purge,
        _ consequence: Shard.Consequence,
        in locked: LockedShard,
        now: NIODeadline
    ) -> Int {
        var walk = locked.shard.withLock { $0.beginWalk(purge) }
        defer { locked.shard.withLock { $0.endWalk() } }
        var count = 0
        while !walk.isAtEnd {
            var removed = RemovedEntries()
            count += locked.shard.withLock { $0.proceed(&walk, consequence, now: now, removed: &removed) }
            budget.release(removed.bytes)
        }
        return count
    }

    private func remove(
        from locked: LockedShard,
        _ body: (_ shard: inout Shard, _ removed: inout RemovedEntries) -> Void
    ) -> Int {
        var removed = RemovedEntries()
        locked.shard.withLock { body(&$0, &removed) }
        budget.release(removed.bytes)
        return removed.count
    }

    // MARK: Room

    private func home(of key: CacheKey) -> LockedShard { shards[homeIndex(of: key)] }

    private func homeIndex(of key: CacheKey) -> Int {
        Int(truncatingIfNeeded: key.word2) & (shards.count - 1)
    }

    /// Reserves so many bytes of the budget, evicting as long as it takes.
    /// - Returns: false when nothing is left to evict: other inserts hold what is reserved.
    private func makeRoom(for size: Int, in key: CacheKey, now: NIODeadline) -> Bool {
        let share = budget.capacity / shards.count
        let home = homeIndex(of: key)
        while !budget.reserve(size) {
            let missing = budget.shortfall(of: size)
            // Somebody has given bytes back just now.
            guard missing > 0 else { continue }
            if evict(missing, from: home, downTo: max(0, share - size), now: now) { continue }
            if evictElsewhere(missing, downTo: share, now: now) { continue }
            guard evictElsewhere(missing, downTo: 0, now: now) else { return false }
        }
        return true
    }

    /// As above, of what shards hold over their share: a shard that has its own drops what would come behind all it has.
    private func makeRoom(restoring size: Int, in key: CacheKey, now: NIODeadline) -> Bool {
        let share = budget.capacity / shards.count
        while !budget.reserve(size) {
            let missing = budget.shortfall(of: size)
            guard missing > 0 else { continue }
            guard home(of: key).shard.withLock({ $0.bytes }) + size <= share,
                evictElsewhere(missing, downTo: share, now: now)
            else { return false }
        }
        return true
    }

    /// Evicts from the first shard, going round, that holds more than `floor`.
    private func evictElsewhere(_ bytes: Int, downTo floor: Int, now: NIODeadline) -> Bool {
        let start = cursor.wrappingAdd(1, ordering: .relaxed).newValue
        for offset in 0..<shards.count {
            let index = (start &+ offset) & (shards.count - 1)
            if evict(bytes, from: index, downTo: floor, now: now) { return true }
        }
        return false
    }

    private func evict(_ bytes: Int, from index: Int, downTo floor: Int, now: NIODeadline) -> Bool {
        remove(from: shards[index]) { shard, removed in
            shard.evict(bytes: bytes, downTo: floor, now: now, removed: &removed)
        } > 0
    }
}
