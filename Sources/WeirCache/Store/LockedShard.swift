import Synchronization

/// A shard and its lock, each in memory of its own so that two event loops at two shards do not share a cache line.
final class LockedShard: Sendable {
    let shard: Mutex<Shard>

    init(maxVariants: Int) { shard = Mutex(Shard(maxVariants: maxVariants)) }
}
