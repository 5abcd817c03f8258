import Logging
import NIOSSL
import Synchronization

/// The TLS side of one listener, shared by all event loops: what new connections are served with, and what became of
/// their handshakes.
final class TLSListener: Sendable {
    private struct State {
        var identity: TLSIdentity
        var watch: VersionWatch<FileVersion?>
        var reloads = 0
        var refusedReloads = 0
        /// Why the files as they are now are not in use.
        var problem: TLSFileError?
    }

    private let settings: TLSSettings
    /// For ALPN.
    private let protocols: [String]
    private let state: Mutex<State>
    private let handshakes: HandshakeCounts

    /// Reads the files.
    /// - Parameter former: what served at the same address before, by other settings or other files; counts go on from
    ///   there, and this is one reload more.
    init(
        _ settings: TLSSettings,
        protocols: [String],
        succeeding former: TLSListener? = nil
    ) throws(TLSFileError) {
        self.settings = settings
        self.protocols = protocols
        // Looked at before they are read: what changes in between is seen as a change.
        let versions = settings.files.map { FileVersion(of: $0) }
        let identity = try TLSIdentity.load(settings, protocols: protocols)
        let counted = former?.snapshot
        state = Mutex(
            State(
                identity: identity,
                watch: VersionWatch(versions),
                reloads: counted.map { $0.reloads + 1 } ?? 0,
                refusedReloads: counted?.refusedReloads ?? 0
            )
        )
        handshakes = former?.handshakes ?? HandshakeCounts()
    }

    /// Whether it serves with its files as they are now.
    var isCurrent: Bool {
        let versions = settings.files.map { FileVersion(of: $0) }
        return state.withLock { $0.problem == nil && $0.watch.isLoaded(versions) }
    }

    /// For the next connection.
    var context: NIOSSLContext { state.withLock { $0.identity.context } }

    func count(_ outcome: HandshakeOutcome) { handshakes.add(outcome) }

    var snapshot: TLSSnapshot {
        state.withLock { state in
            TLSSnapshot(
                notAfter: state.identity.notAfter,
                handshakes: handshakes.values,
                reloads: state.reloads,
                refusedReloads: state.refusedReloads,
                problem: state.problem?.description
            )
        }
    }

    /// Serves new connections with the files as they are now, where they have changed; those that are no good are
    /// refused, and what is in use stays. Blocks for as long as the disk takes.
    func reloadIfChanged(_ logger: Logger) {
        let versions = settings.files.map { FileVersion(of: $0) }
        guard state.withLock({ $0.watch.look(at: versions) }) else { return }
        do throws(TLSFileError) {
            let identity = try TLSIdentity.load(settings, protocols: protocols)
            state.withLock { state in
                state.identity = identity
                state.reloads += 1
                state.problem = nil
            }
            logger.notice("certificate reloaded", metadata: ["certificate": "\(settings.certificate)"])
        } catch {
            state.withLock { state in
                state.refusedReloads += 1
                state.problem = error
            }
            logger.error("the changed certificate is refused, the one before stays in use: \(error.description)")
        }
    }
}
