import NIOCore
import NIOPosix
import Synchronization
import WeirCache
import WeirHTTP

/// Compresses a stored response off the event loops, each coding once, and hangs the result on the entry for all later
/// hits.
enum BackgroundCompression {
    /// - Parameter coding: what some client would have liked. Nothing is done where it is there, on its way, or none that
    ///   Weir makes of this response.
    static func begin(
        _ stored: StoredResponse,
        _ coding: ContentCoding,
        settings: CompressionSettings,
        shared: SharedState
    ) {
        let received = stored.received
        guard coding != .identity, stored.variesByCoding, received.form == Representation.Form(),
            stored.representation(Representation.Form(coding: coding)) == nil, stored.beginCoding(coding)
        else { return }
        guard shared.pendingCompressions.add(1, ordering: .relaxed).newValue <= settings.pending else {
            shared.pendingCompressions.subtract(1, ordering: .relaxed)
            return stored.giveUpCoding(coding)
        }
        let levels = settings.levels
        shared.compression.submit { state in
            defer { shared.pendingCompressions.subtract(1, ordering: .relaxed) }
            guard case .active = state else { return }
            let body = levels.compress(received.body, coding)
            let builder = RepresentationBuilder(status: stored.status, fields: stored.fields, variesByCoding: true)
            let tag = received.etag.flatMap { EntityTag($0.readableBytesView) }
            let coded = builder.make(Representation.Form(coding: coding), body: body, etag: tag?.suffixed(coding))
            // Where another form or a 304 has come first, the next who would like this one begins again.
            _ = shared.store.replace(stored, with: stored.adding(coded))
        }
    }
}
