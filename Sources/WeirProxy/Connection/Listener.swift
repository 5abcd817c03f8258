import NIOCore
import NIOPosix
import NIOSSL

/// One listening socket and what is served there.
struct Listener: Sendable {
    let settings: ListenerSettings
    /// nil: plain HTTP.
    let tls: TLSListener?
    private(set) var channel: (any Channel)?

    /// Reads the files of TLS.
    /// - Throws: ``TLSFileError``.
    init(_ settings: ListenerSettings) throws(TLSFileError) {
        self.settings = settings
        if let tls = settings.tls {
            self.tls = try TLSListener(tls, protocols: ClientProtocols.names(http2: settings.http2))
        } else {
            tls = nil
        }
    }

    mutating func bind(_ bootstrap: ServerBootstrap) async throws {
        channel = try await bootstrap.bind(host: settings.address.host, port: settings.address.port).get()
    }

    /// Where it is bound, with the port that the system chose.
    var address: ListenAddress? {
        guard let address = channel?.localAddress, let port = address.port else { return nil }
        return ListenAddress(host: address.ipAddress ?? "", port: port)
    }

    /// Puts the handlers of a new connection into its pipeline.
    func serve(_ channel: any Channel, worker: Worker) throws {
        let pipeline = channel.pipeline.syncOperations
        guard let tls else {
            let handler: any ChannelHandler =
                settings.http2 ? HTTP2Preface(worker: worker) : ClientConnection(worker: worker)
            return try pipeline.addHandler(handler)
        }
        var configuration = NIOSSLHandler.Configuration()
        // Else an idle connection keeps room for the largest burst it ever sent.
        configuration.maximumPreservedOutboundBufferCapacity = 64 << 10
        // Else NIOSSL would take a client's good-bye for the end of one direction, and wait for a second one.
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        try pipeline.addHandlers([
            PlainHTTPCheck(worker: worker),
            NIOSSLServerHandler(context: tls.context, configuration: configuration),
            TLSHandshake(listener: tls, worker: worker),
        ])
    }

    /// A connection over the limit.
    func refuse(_ channel: any Channel, worker: Worker) throws {
        try channel.pipeline.syncOperations.addHandler(RefusedConnection(worker: worker, isSecure: tls != nil))
    }

    var snapshot: ListenerSnapshot { ListenerSnapshot(name: settings.address.description, tls: tls?.snapshot) }
}
