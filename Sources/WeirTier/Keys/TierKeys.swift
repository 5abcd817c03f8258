import NIOCore
import WeirCache

/// The names of everything that Weir has in Redis. What belongs to one cache key carries it as a hash tag, so that a
/// cluster has it in one slot and a script may touch all of it.
///
///     weir:{<key>}:e            the answer that has no `Vary`
///     weir:{<key>}:v            which fields select among several
///     weir:{<key>}:e:<digest>   one of several
///     weir:{<key>}:l            who fetches it, and until when
///     weir:{<key>}:f            the fence: tokens given out, and the last that has written
///     weir:{<key>}:w            that somebody waits for it
///     weir:{log}:head           epoch, number and floor of the purges
///     weir:{log}:purges         each subject of a purge with its latest number
struct TierKeys: Sendable {
    let prefix: String
    let logHead: ByteBuffer
    let logPurges: ByteBuffer
    /// Where purges are published.
    let purgeChannel: String
    /// Where it is published that a fetch is over that somebody waits for.
    let fillChannel: String

    /// - Parameter database: Redis has its keys apart by database, and its channels not.
    init(prefix: String, database: Int) {
        let channels = database == 0 ? prefix : "\(prefix):\(database)"
        self.prefix = prefix
        logHead = ByteBuffer(string: "\(prefix):{log}:head")
        logPurges = ByteBuffer(string: "\(prefix):{log}:purges")
        purgeChannel = "\(channels):purges"
        fillChannel = "\(channels):fills"
    }

    func entry(_ key: CacheKey) -> ByteBuffer { name(key, "e") }

    func selection(_ key: CacheKey) -> ByteBuffer { name(key, "v") }

    func variant(_ key: CacheKey, _ selection: CacheKey) -> ByteBuffer { name(key, "e:\(selection)") }

    func lock(_ key: CacheKey) -> ByteBuffer { name(key, "l") }

    func fence(_ key: CacheKey) -> ByteBuffer { name(key, "f") }

    func waiters(_ key: CacheKey) -> ByteBuffer { name(key, "w") }

    private func name(_ key: CacheKey, _ what: String) -> ByteBuffer {
        ByteBuffer(string: "\(prefix):{\(key)}:\(what)")
    }
}
