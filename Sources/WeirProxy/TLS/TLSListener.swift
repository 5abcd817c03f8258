import Logging
import NIOSSL
import Synchronization

/// The TLS side of one listener, shared by all event loops: what new connections are served with, and what became of
/// their handshakes.
final class TLSListener: Sendable {
    private struct State {
        var identity: TLSIdentity
        var watch: FileWatch<FileVersion?>
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
    init(_ settings: TLSSettings, protocols: [String]) throws(TLSFileError) {
        self.settings = settings
        self.protocols = protocols
        // Looked at before they are read: what changes in between is seen as a change.
        let versions = settings.files.map { FileVersion(of: $0) }
        state = Mutex(State(identity: try TLSIdentity.load(settings, protocols: protocols), watch: FileWatch(versions)))
        handshakes = HandshakeCounts()
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
