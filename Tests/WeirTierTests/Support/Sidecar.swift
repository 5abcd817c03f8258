import Logging
import NIOCore
import NIOPosix
import WeirCache
import WeirHTTP
import WeirRedis
import WeirTesting

@testable import WeirTier

/// A memory with a second tier behind it, as one sidecar has them.
struct Sidecar: Sendable {
    let store: MemoryStore
    let tier: Tier
    let eventLoop: any EventLoop

    /// What came of looking for an answer.
    enum Found: Sendable, Equatable {
        case answer(body: String)
        case fetch(staleBody: String?, hasLock: Bool)
        /// Redis is of no use.
        case skipped
        /// Another sidecar fetches it.
        case left
    }

    /// - Parameters:
    ///   - stores: what is written under the lock, where it is had; nil: it is given back.
    func consult(
        _ key: CacheKey,
        fields: FieldSection = [:],
        locking: Consultation.Locking = .never,
        storing stored: StoredResponse? = nil
    ) async throws -> Found {
        let promise = eventLoop.makePromise(of: Found.self)
        eventLoop.execute {
            let request = Consultation.Request(
                key: key,
                fields: fields,
                locking: locking,
                isUsable: { $0.timeToLive(at: .now()) > 0 && !$0.freshness.alwaysValidate }
            )
            let consultation = tier.consult(request, on: eventLoop) { outcome in
                switch outcome {
                case .answer(let response): promise.succeed(.answer(body: response.text))
                case .fetch(let stale, let fill):
                    promise.succeed(.fetch(staleBody: stale?.text, hasLock: fill != nil))
                    if let stored {
                        tier.write(
                            stored,
                            answering: fields,
                            place: tier.place(of: key, fill: fill, on: eventLoop),
                            fill: fill,
                            on: eventLoop
                        )
                    } else {
                        fill?.giveUp()
                    }
                case .left: promise.succeed(.left)
                }
            }
            if consultation == nil { promise.succeed(.skipped) }
        }
        return try await promise.futureResult.get()
    }

    /// The turn of a fetch that begins now.
    func drawToken(_ key: CacheKey) async throws -> UInt64? {
        let promise = eventLoop.makePromise(of: UInt64?.self)
        eventLoop.execute {
            tier.place(of: key, fill: nil, on: eventLoop).token.whenDrawn { promise.succeed($0) }
        }
        return try await promise.futureResult.get()
    }

    /// Writes an answer without a lock, and waits until Redis has it.
    func write(
        _ response: StoredResponse,
        answering request: FieldSection = [:],
        position: PurgePosition? = nil
    ) async throws {
        try await write(response, answering: request) {
            var place = tier.place(of: response.key, fill: nil, on: eventLoop)
            if let position { place.position = position }
            return place
        }
    }

    /// The same as of an earlier turn; nil: Redis gave none.
    func write(_ response: StoredResponse, answering request: FieldSection = [:], token: UInt64?) async throws {
        try await write(response, answering: request) { FetchPlace(position: tier.position, token: FenceToken(token)) }
    }

    private func write(
        _ response: StoredResponse,
        answering request: FieldSection,
        at place: @escaping @Sendable () -> FetchPlace
    ) async throws {
        let before = tier.snapshot()
        try await eventLoop.submit {
            tier.write(response, answering: request, place: place(), fill: nil, on: eventLoop)
        }.get()
        try await until {
            let now = tier.snapshot()
            return [.written, .unwritten, .outrun].contains { now.count($0) > before.count($0) }
        }
    }
}

extension StoredResponse {
    var text: String { String(buffer: representations[0].body) }
}

/// Waits for what another thread brings about.
func until(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(2)) }
}

/// Sidecars that share a Redis, each with an event loop of its own, all of them hearing of purges.
/// - Parameter configure: settings of all.
nonisolated(nonsending) func withSidecars(
    _ count: Int = 2,
    of server: RedisServer,
    seal: SealKey? = nil,
    resumingAt purges: SnapshotPurges = SnapshotPurges(),
    configure: (inout TierSettings) -> Void = { _ in },
    _ body: nonisolated(nonsending) ([Sidecar]) async throws -> Void
) async throws {
    // What has to come in time has plenty of it, on a busy machine.
    var redis = try RedisSettings.parse(url: "redis://127.0.0.1:\(server.port)/0")
    redis.connectTimeout = .seconds(5)
    redis.timeout = .seconds(5)
    var settings = TierSettings(redis: redis, patience: .seconds(5))
    configure(&settings)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
    let sidecars = group.makeIterator().map { eventLoop in
        let store = MemoryStore(settings: CacheSettings())
        let coder = StoredResponseCoder(seal: seal)
        let tier = Tier(settings: settings, coder: coder, store: store, group: group, logger: Logger(label: "test"))
        return Sidecar(store: store, tier: tier, eventLoop: eventLoop)
    }
    for sidecar in sidecars { sidecar.tier.start(resumingAt: purges) }
    do {
        for sidecar in sidecars { try await until { sidecar.tier.position != nil } }
        try await body(sidecars)
    } catch {
        for sidecar in sidecars { await sidecar.tier.shutdown() }
        throw error
    }
    for sidecar in sidecars { await sidecar.tier.shutdown() }
    try await group.shutdownGracefully()
}

/// An answer under a key.
func answer(
    _ text: String,
    key: CacheKey = CacheKey(1, 2, 3, 4),
    fields: FieldSection = [:],
    freshness: Freshness = Freshness(lifetime: 60),
    age: Int64 = 0,
    lastModified: UnixTime? = nil,
    selection: VarySelection = .none,
    tags: [String] = [],
    path: String = "/"
) -> StoredResponse {
    StoredResponse(
        key: key,
        status: 200,
        fields: fields,
        freshness: freshness,
        initialAge: age,
        receivedAt: .now(),
        lastModified: lastModified,
        date: nil,
        selection: selection,
        tags: tags,
        path: path,
        representations: [
            Representation(
                form: .init(),
                head: ByteBuffer(string: "HTTP/1.1 200 OK\r\n"),
                notModifiedHead: ByteBuffer(),
                body: ByteBuffer(string: text),
                etag: nil
            )
        ]
    )
}
