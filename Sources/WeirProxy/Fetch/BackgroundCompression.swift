import NIOCore
import NIOPosix
import Synchronization
import WeirCache
import WeirHTTP

/// Compresses a stored response once, off the event loops, and hangs the result on the entry for all later hits.
enum BackgroundCompression {
    /// Responses waiting at once. Each is held outside the store's budget; over this, hits are compressed on their way.
    private static let maxPending = 128

    static func begin(_ stored: StoredResponse, features: Features, shared: SharedState) {
        let received = stored.representations[0]
        guard features.gzip, stored.variesByCoding, received.form == Representation.Form() else { return }
        guard shared.pendingCompressions.add(1, ordering: .relaxed).newValue <= maxPending else {
            shared.pendingCompressions.subtract(1, ordering: .relaxed)
            return
        }
        shared.compression.submit { state in
            defer { shared.pendingCompressions.subtract(1, ordering: .relaxed) }
            guard case .active = state else { return }
            let body = GzipEncoder.compress(received.body)
            let builder = RepresentationBuilder(status: stored.status, fields: stored.fields, variesByCoding: true)
            let tag = received.etag.flatMap { EntityTag($0.readableBytesView) }
            let gzip = builder.make(Representation.Form(coding: .gzip), body: body, etag: tag?.suffixed(.gzip))
            _ = shared.store.replace(stored, with: stored.adding(gzip))
        }
    }
}
