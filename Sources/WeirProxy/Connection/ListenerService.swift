import NIOCore
import NIOSSL

/// What is served at one address: a reload may change it, while the socket stays.
struct ListenerService: Sendable {
    let settings: ListenerSettings
    /// nil: plain HTTP.
    let tls: TLSListener?

    /// Reads the files of TLS, unless `former` has them by the same settings as they are now, so that its sessions can be
    /// resumed; blocks for as long as the disk takes.
    /// - Parameter former: what was served at the same address before; counts go on from there.
    init(_ settings: ListenerSettings, succeeding former: ListenerService? = nil) throws(TLSFileError) {
        if let former, former.settings == settings, former.tls?.isCurrent ?? true {
            self = former
            return
        }
        self.settings = settings
        if let tls = settings.tls {
            let protocols = ClientProtocols.names(http2: settings.http2)
            self.tls = try TLSListener(tls, protocols: protocols, succeeding: former?.tls)
        } else {
            tls = nil
        }
    }

    /// Puts the handlers of a new connection into its pipeline.
    func serve(_ channel: any Channel, worker: Worker, listener: ListenerState) throws {
        let pipeline = channel.pipeline.syncOperations
        guard let tls else {
            let handler: any ChannelHandler =
                settings.http2
                ? HTTP2Preface(worker: worker, listener: listener)
                : ClientConnection(worker: worker, listener: listener, isSecure: false)
            return try pipeline.addHandler(handler)
        }
        // Half a connection means nothing until HTTP/1.1 is spoken on it.
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        try pipeline.addHandlers([
            PlainHTTPCheck(worker: worker),
            NIOSSLServerHandler(context: tls.context),
            TLSPortions(),
            TLSHandshake(tls: tls, worker: worker, listener: listener),
        ])
    }

    /// Serves a connection over a limit.
    func refuse(_ channel: any Channel, worker: Worker, error: ProxyError) throws {
        let handler = RefusedConnection(worker: worker, error: error, isSecure: tls != nil)
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    var snapshot: ListenerSnapshot { ListenerSnapshot(name: settings.address.description, tls: tls?.snapshot) }
}
