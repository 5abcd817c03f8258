import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

/// Makes a ``StoredResponse`` of what was recorded, or of a stored one and the 304 that freshens it.
struct StoredResponseBuilder {
    /// Each answer has a request id of its own.
    private static let ofOneCall: FieldNameSet = [.xRequestId, .xUpstreamRequestId]

    let worker: Worker
    let features: Features
    let compression: CompressionSettings

    func build(
        key: CacheKey,
        _ recording: Recording,
        body: ByteBuffer,
        note: AnswerNote?,
        tags: [String],
        path: String,
        since requestedAt: NIODeadline
    ) -> StoredResponse {
        let isAI = recording.answer != nil
        var fields = isAI ? PersonaFields.storable(recording.head.fields) : StoredFields.storable(recording.head.fields)
        fields.removeAll(in: Self.ofOneCall)
        if !isAI, !fields.contains(.date) { fields.append(.date, HTTPDate.string(worker.shared.clocks.wall())) }
        let now = worker.now()
        return assemble(
            key: key,
            head: recording.head,
            fields: fields,
            freshness: recording.freshness,
            initialAge: isAI ? 0 : age(recording.head.fields, since: requestedAt, now: now),
            receivedAt: now,
            selection: recording.selection,
            tags: tags,
            path: path,
            body: body,
            note: note?.encoded() ?? ByteBuffer(),
            isAI: isAI,
            isEventStream: recording.answer?.isEventStream ?? false
        )
    }

    /// What a stored response's head is once a 304 has come (RFC 9111 §3.2).
    static func merged(_ stored: StoredResponse, with head: ResponseHead) -> ResponseHead {
        var merged = head
        merged.status = stored.status
        merged.fields = StoredFields.merged(stored: stored.fields, with: head.fields)
        merged.fields.removeAll(in: ofOneCall)
        return merged
    }

    /// RFC 9111 §4.3.4: the stored body under the newer fields.
    /// - Parameters:
    ///   - merged: as ``merged(_:with:)`` made it.
    ///   - received: the 304's own fields.
    func refreshed(
        _ stored: StoredResponse,
        by merged: ResponseHead,
        received: FieldSection,
        freshness: Freshness,
        selection: VarySelection,
        since requestedAt: NIODeadline
    ) -> StoredResponse {
        let now = worker.now()
        return assemble(
            key: stored.key,
            head: merged,
            fields: merged.fields.compacted(),
            freshness: freshness,
            initialAge: age(received, since: requestedAt, now: now),
            receivedAt: now,
            selection: selection,
            tags: stored.tags,
            path: stored.path,
            body: stored.received.body,
            note: stored.note,
            isAI: false,
            isEventStream: false,
            kept: stored.representations
        )
    }

    private func age(_ fields: FieldSection, since requestedAt: NIODeadline, now: NIODeadline) -> Int64 {
        Age.initial(fields, receivedAt: worker.shared.clocks.wall(), responseDelay: (now - requestedAt).wholeSeconds)
    }

    private func assemble(
        key: CacheKey,
        head: ResponseHead,
        fields: FieldSection,
        freshness: Freshness,
        initialAge: Int64,
        receivedAt: NIODeadline,
        selection: VarySelection,
        tags: [String],
        path: String,
        body: ByteBuffer,
        note: ByteBuffer,
        isAI: Bool,
        isEventStream: Bool,
        kept: [Representation] = []
    ) -> StoredResponse {
        let isGzip = ResponseCoding.isGzip(fields)
        var response = head
        response.framing = .length(UInt64(body.readableBytes))
        let rules = CodingRules(
            settings: compression,
            compresses: features.gzip,
            mayDecode: !isAI && features.gzip
        )
        let varies = rules.varies(response)
        let tag = entityTag(fields, body: body, isAI: isAI)
        let builder = RepresentationBuilder(status: head.status, fields: fields, variesByCoding: varies)
        let form = Representation.Form(coding: isGzip && varies ? .gzip : .identity, isEventStream: isEventStream)
        var representations = [builder.make(form, body: body, etag: tag)]
        for old in kept.dropFirst() {
            representations.append(builder.make(old.form, body: old.body, etag: tag?.suffixed(old.form.coding)))
        }
        return StoredResponse(
            key: key,
            status: head.status,
            fields: fields,
            freshness: freshness,
            initialAge: initialAge,
            receivedAt: receivedAt,
            lastModified: fields.first(.lastModified).flatMap { HTTPDate.parse($0) },
            date: fields.first(.date).flatMap { HTTPDate.parse($0) },
            selection: selection,
            tags: tags,
            path: path,
            note: note,
            representations: representations,
            variesByCoding: varies
        )
    }

    /// The origin's, or a strong one of the bytes where it gave none.
    private func entityTag(_ fields: FieldSection, body: ByteBuffer, isAI: Bool) -> EntityTag? {
        if let value = fields.first(.etag) { return fields.count(of: .etag) == 1 ? EntityTag(value) : nil }
        guard features.etag, !isAI else { return nil }
        return EntityTag(Digest.entityTag(body).readableBytesView)
    }
}
