package import Logging
package import NIOCore
import NIOPosix
import Synchronization
package import WeirCache
import WeirHTTP
import WeirRedis

/// The second tier of the cache: what several sidecars have in common in Redis.
///
///     memory ─▶ ``consult(_:on:_:)`` ─┬─▶ an answer that another sidecar has stored
///                                     ├─▶ nothing: fetch, and ``write(_:answering:place:fill:replaces:on:)``
///                                     └─▶ another sidecar fetches it: wait
///     purges  ─▶ ``purge(_:softly:)`` ─▶ Redis ─▶ every sidecar's ``PurgeFeed`` ─▶ its memory
///
/// Redis is never needed: where it is slow, full or gone, a request loses ``TierSettings/patience`` at most, and after a
/// few of them nothing, as long as its breaker is open.
package final class Tier: Sendable {
    package let settings: TierSettings
    let keys: TierKeys
    let client: RedisClient
    let coder: StoredResponseCoder
    let board = FillBoard()
    let counts = TierCounts()
    /// Bytes of values on their way to Redis.
    let pendingBytes = Atomic<Int>(0)
    let feed: PurgeFeed
    private let subscription = Mutex<RedisSubscription?>(nil)

    /// - Parameters:
    ///   - store: this sidecar's memory, which the others' purges reach.
    package init(
        settings: TierSettings,
        coder: StoredResponseCoder,
        store: MemoryStore,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.settings = settings
        client = RedisClient(
            settings: settings.redis,
            group: group,
            logger: logger,
            consequences: TierRights.consequences
        )
        self.coder = coder
        keys = TierKeys(prefix: settings.prefix, database: settings.redis.database)
        feed = PurgeFeed(
            settings: settings,
            keys: keys,
            client: client,
            store: store,
            board: board,
            eventLoop: group.next(),
            logger: logger
        )
    }

    /// - Parameter purges: as ``purges`` were when an earlier process ended, whose store has become this one's.
    package func start(resumingAt purges: SnapshotPurges = SnapshotPurges()) {
        feed.start(resumingAt: purges)
        client.start()
        let channels = [keys.purgeChannel, keys.fillChannel]
        subscription.withLock { $0 = RedisSubscription(client: client, channels: channels, handler: feed) }
    }

    package func shutdown() async {
        await subscription.withLock { $0 }?.shutdown()
        await feed.shutdown()
        await client.shutdown()
    }

    // MARK: Purges

    /// Tells every sidecar of a purge that this one has made. Where Redis cannot be reached it is told as soon as it can.
    package func purge(_ purge: Purge, softly: Bool) { feed.publish(PurgeNotice.of(purge, isSoft: softly)) }

    /// Up to which purge this sidecar has heard of all; nil while it may miss some, when nothing is read or written. A
    /// fetch takes it before it asks its upstream.
    package var position: PurgePosition? { feed.position }

    /// What the next process has to know of them, which goes on with this one's store.
    package var purges: SnapshotPurges { SnapshotPurges(position: feed.applied, untold: feed.untold.map(\.text)) }

    /// Whether the others have been told of all that were made so far. Waits for as long as Redis has to take them.
    package func arePurgesTold() async -> Bool { await feed.isAllTold() }

    /// How long after its last fetch or validation a stored answer may be used as it is; nil while all purges are heard
    /// of, and it may be for as long as it is fresh.
    @inline(__always)
    package var recheck: TimeAmount? { feed.hearsAll ? nil : settings.recheck }

    func verdict(on response: StoredResponse, since position: PurgePosition) -> PurgeRegister.Verdict {
        feed.verdict(on: response.purgeSubject, since: position)
    }

    // MARK: Answers

    /// Looks for an answer in Redis, and takes or waits for the lock where it is not there. `completion` is called once, on
    /// `eventLoop`, never before this returns.
    /// - Returns: nil where Redis is of no use now: the request goes on without.
    package func consult(
        _ request: Consultation.Request,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Consultation.Outcome) -> Void
    ) -> Consultation? {
        guard client.isAvailable, feed.position != nil else {
            counts.add(.skipped)
            return nil
        }
        let consultation = Consultation(request, tier: self, on: eventLoop, completion: completion)
        consultation.start()
        return consultation
    }
}
