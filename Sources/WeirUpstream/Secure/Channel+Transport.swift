package import NIOCore
import NIOSSL

extension Channel {
    /// Closes the socket at once, without a word of TLS where TLS is spoken. To be called on its event loop.
    package func closeTransport() {
        guard let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLHandler.self) else {
            return close(promise: nil)
        }
        tls.close(promise: nil)
    }
}
