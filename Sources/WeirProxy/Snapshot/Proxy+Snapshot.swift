import Logging
import NIOCore
import NIOPosix
import Synchronization
import WeirCache
import WeirTier

extension Proxy {
    /// What the snapshot that the start finds has of the purges that sidecars have in common; the log says what is lost.
    func formerPurges() -> SnapshotPurges {
        guard let (path, snapshot) = snapshot(of: settings.cache) else { return SnapshotPurges() }
        let purges = snapshot.purges
        switch purges.loss {
        case nil: break
        case .untold(let fault)?:
            shared.logger.warning(
                "redis: snapshot '\(path)' \(fault): the purges in it that the other sidecars have not been told of are told as one of everything"
            )
        case .unknown(let fault)?:
            shared.logger.warning(
                "redis: snapshot '\(path)' \(fault): should the other sidecars not have been told of all purges, they never will be ('weir purge --all' does for any)"
            )
        }
        return purges
    }

    /// Reads the snapshot that the start found configured, while clients are being served already; returns at once where
    /// there is none. To be called once, behind ``start()``. Cancelling the task gives the rest of it up.
    package func restoreSnapshot() async {
        let mark: PurgeMark? = snapshotState.withLock { state in
            guard case .unread(let mark) = state else { return nil }
            state = .reading
            return mark
        }
        guard let mark, let (path, snapshot) = snapshot(of: settings.cache) else { return }
        let begun = NIODeadline.now()
        let (store, moment) = (store, moment)
        let outcome = await Self.offLoops { isCancelled in
            snapshot.read(into: store, since: mark, at: moment, isCancelled: isCancelled)
        }
        store.endRestoring()
        let restored = RestoredSnapshot(outcome: outcome, milliseconds: Self.milliseconds(since: begun))
        snapshotState.withLock { $0 = .read(restored) }
        let metadata = Self.metadata(path, outcome, restored.milliseconds)
        switch outcome.fault {
        case nil: shared.logger.info("snapshot read", metadata: metadata)
        case .missing: shared.logger.info("no snapshot at '\(path)': the cache starts empty")
        case let fault?:
            shared.logger.warning(
                "snapshot '\(path)' \(fault): the cache starts with \(outcome.entries) entries of it",
                metadata: metadata
            )
        }
    }

    /// The last that is done: ends what other sidecars are told and heard by, and writes a snapshot of what is stored, where
    /// one is configured by now and this process has served. To be called when nothing serves or purges any more. Cancelling
    /// the task gives the snapshot up.
    package func close() async {
        await shared.tier?.shutdown()
        let purges = shared.tier?.purges ?? SnapshotPurges()
        let isSaved = await saveSnapshot(with: purges)
        guard !purges.untold.isEmpty else { return }
        let untold = "the other sidecars have not been told of \(purges.untold.count) purges"
        if isSaved {
            shared.logger.warning("redis: \(untold); the next start tells them")
        } else {
            shared.logger.error("redis: \(untold), and never will be")
        }
    }

    /// - Returns: whether there is one now.
    private func saveSnapshot(with purges: SnapshotPurges) async -> Bool {
        guard snapshotState.withLock({ $0.mayWrite }), let (path, snapshot) = snapshot(of: settings.cache) else {
            return false
        }
        let begun = NIODeadline.now()
        let (store, moment) = (store, moment)
        let outcome = await Self.offLoops { isCancelled in
            snapshot.write(store, at: moment, purges: purges, isCancelled: isCancelled)
        }
        if let fault = outcome.fault {
            shared.logger.error("snapshot '\(path)' \(fault): the cache will start empty")
        } else {
            let metadata = Self.metadata(path, outcome, Self.milliseconds(since: begun))
            shared.logger.info("snapshot written", metadata: metadata)
        }
        return outcome.fault == nil
    }

    private var moment: StoreSnapshot.Moment {
        StoreSnapshot.Moment(now: shared.clocks.monotonic(), wall: shared.clocks.wall())
    }

    private func snapshot(of settings: CacheSettings) -> (path: String, StoreSnapshot)? {
        settings.snapshot.map { ($0, StoreSnapshot(path: $0, sealKey: settings.sealKey)) }
    }

    /// Does what blocks on one of NIO's threads for that.
    private static func offLoops(
        _ work: @escaping @Sendable (_ isCancelled: () -> Bool) -> SnapshotOutcome
    ) async -> SnapshotOutcome {
        let cancellation = Cancellation()
        let outcome = try? await withTaskCancellationHandler {
            try await NIOThreadPool.singleton.runIfActive { work { cancellation.isAsked.load(ordering: .relaxed) } }
        } onCancel: {
            cancellation.isAsked.store(true, ordering: .relaxed)
        }
        return outcome ?? SnapshotOutcome(fault: .cancelled)
    }

    private final class Cancellation: Sendable {
        let isAsked = Atomic<Bool>(false)
    }

    private static func milliseconds(since begun: NIODeadline) -> Int64 {
        (NIODeadline.now() - begun).nanoseconds / 1_000_000
    }

    private static func metadata(_ path: String, _ outcome: SnapshotOutcome, _ milliseconds: Int64) -> Logger.Metadata {
        [
            "path": "\(path)", "entries": "\(outcome.entries)", "dropped": "\(outcome.dropped)",
            "bytes": "\(outcome.bytes)", "milliseconds": "\(milliseconds)",
        ]
    }
}
