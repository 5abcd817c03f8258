package import NIOCore
import NIOPosix
import NIOSSL

/// TLS towards one server, for connections that Weir reads by itself: the same versions, authorities and names as for
/// libcurl's calls.
package final class UpstreamTLS: Sendable {
    /// For the other side's good-bye; nothing that was written waits for it.
    private static let goodbye = TimeAmount.seconds(1)

    private let name: ServerName
    private let trust: TrustStore
    private let context: NIOSSLContext

    /// To an upstream, and HTTP/1.1 alone.
    convenience init(_ settings: UpstreamSettings) {
        self.init(host: settings.url.host, caFile: settings.caFile, protocols: ["http/1.1"])
    }

    /// - Parameters:
    ///   - host: whom the server has to show that it is: a name or an address, without brackets.
    ///   - caFile: alone to be trusted, read again for every handshake; the system's authorities where nil.
    ///   - protocols: what is offered by ALPN.
    package init(host: String, caFile: String?, protocols: [String]) {
        name = ServerName(host: host)
        trust = .made(of: caFile)
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        configuration.shutdownTimeout = Self.goodbye
        // Chain and name are checked by `trust`, as a whole: NIOSSL's own check of names takes a certificate for the
        // address that a name leads to, which is no proof of the name.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            preconditionFailure("Cannot make a TLS context without files: \(error)")
        }
    }

    /// Shakes hands on a channel that has just connected, and is on its event loop. Everything that is written to it
    /// before is held back.
    /// - Returns: is done once the peer has shown that it is the upstream. Fails with ``TLSFailure``, or with
    ///   `ChannelError.connectTimeout` at the deadline; the channel is closed then.
    package func beginHandshake(_ channel: any Channel, until deadline: NIODeadline) -> SecureHandshake {
        let handshake = SecureHandshake(on: channel.eventLoop)
        do {
            let handler = try NIOSSLClientHandler(
                context: context,
                serverHostname: name.indication,
                customVerificationCallback: { [name, trust, verdict = handshake.verdict] certificates, promise in
                    // Reads files, and takes its time over signatures.
                    NIOThreadPool.singleton.submit { _ in
                        let chain = certificates.map { (try? $0.toDERBytes()) ?? [] }
                        let objection = trust.objection(to: chain, as: name)
                        verdict.withLock { $0 = objection }
                        promise.succeed(objection == nil ? .certificateVerified : .failed)
                    }
                }
            )
            try channel.pipeline.syncOperations.addHandlers([handler, handshake], position: .first)
        } catch {
            handshake.fail(TLSFailure(reason: "the name cannot be told to the upstream"), channel)
        }
        handshake.begin(channel, until: deadline)
        return handshake
    }
}
