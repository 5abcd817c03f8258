package import NIOCore
import Synchronization
package import WeirHTTP

/// A stored response (RFC 9111 §1.2): immutable, so that a reader on any event loop may hold it while the store
/// evicts or replaces it.
package final class StoredResponse: Sendable {
    package let key: CacheKey
    package let status: UInt16
    /// As received, but for hop-by-hop and other never-stored fields; holds its own bytes.
    package let fields: FieldSection
    package let freshness: Freshness
    /// Corrected initial age (RFC 9111 §4.2.3), in seconds.
    package let initialAge: Int64
    package let receivedAt: NIODeadline
    package let lastModified: UnixTime?
    package let date: UnixTime?
    /// What an `If-Modified-Since` is compared with: `Last-Modified`, or `Date` where there is none (RFC 9111 §4.3.2).
    package let comparedDate: UnixTime?
    /// Which requests it answers.
    package let selection: VarySelection
    /// What a purge finds it by.
    package let tags: [String]
    /// The URL's path, for purges by glob.
    package let path: String
    /// The first is the one that was received.
    package let representations: [Representation]
    /// Whether a client may get it in another content coding than it was received in.
    package let variesByCoding: Bool
    /// Codings that are being made, a bit each by raw value.
    private let codingsBegun = Atomic<UInt8>(0)

    package init(
        key: CacheKey,
        status: UInt16,
        fields: FieldSection,
        freshness: Freshness,
        initialAge: Int64,
        receivedAt: NIODeadline,
        lastModified: UnixTime?,
        date: UnixTime? = nil,
        selection: VarySelection,
        tags: [String],
        path: String,
        representations: [Representation],
        variesByCoding: Bool = false
    ) {
        self.key = key
        self.status = status
        self.fields = fields
        self.freshness = freshness
        self.initialAge = initialAge
        self.receivedAt = receivedAt
        self.lastModified = lastModified
        self.date = date
        comparedDate = lastModified ?? (fields.contains(.lastModified) ? nil : date)
        self.selection = selection
        self.tags = tags
        self.path = path
        self.representations = representations
        self.variesByCoding = variesByCoding
    }

    /// - Returns: whether it is the caller's to make; false where somebody else is at it.
    package func beginCoding(_ coding: ContentCoding) -> Bool {
        let bit = UInt8(1) << coding.rawValue
        return codingsBegun.bitwiseOr(bit, ordering: .relaxed).oldValue & bit == 0
    }

    /// It is not made after all.
    package func giveUpCoding(_ coding: ContentCoding) {
        codingsBegun.bitwiseAnd(~(UInt8(1) << coding.rawValue), ordering: .relaxed)
    }

    package func representation(_ form: Representation.Form) -> Representation? {
        representations.first { $0.form == form }
    }

    /// RFC 9111 §4.2.3, in whole seconds.
    package func age(at now: NIODeadline) -> Int64 {
        initialAge + max(0, (now - receivedAt).nanoseconds / 1_000_000_000)
    }

    /// Seconds of freshness left; negative once stale.
    package func timeToLive(at now: NIODeadline) -> Int64 { freshness.lifetime - age(at: now) }

    /// The same response with one more form ready.
    package func adding(_ representation: Representation) -> StoredResponse {
        copy(freshness: freshness, representations: representations + [representation])
    }

    /// The same response, stale from now on, for as long as its windows say.
    package func stale(at now: NIODeadline) -> StoredResponse {
        var freshness = staleFreshness(at: now)
        // It is known to be another: nobody gets it in place of the new one.
        freshness.staleWhileRevalidate = 0
        return copy(freshness: freshness, representations: representations)
    }

    /// What a soft purge leaves: the same response, stale from now on, which may be served for as long as its windows
    /// say, `stale-while-revalidate` included.
    ///
    /// It counts as received now, at the age that it has: what was asked before the purge does not freshen it.
    package func softened(at now: NIODeadline) -> StoredResponse {
        copy(
            freshness: staleFreshness(at: now),
            initialAge: age(at: now),
            receivedAt: now,
            representations: representations
        )
    }

    private func staleFreshness(at now: NIODeadline) -> Freshness {
        var freshness = freshness
        freshness.lifetime = min(freshness.lifetime, age(at: now))
        return freshness
    }

    private func copy(
        freshness: Freshness,
        initialAge: Int64? = nil,
        receivedAt: NIODeadline? = nil,
        representations: [Representation]
    ) -> StoredResponse {
        StoredResponse(
            key: key,
            status: status,
            fields: fields,
            freshness: freshness,
            initialAge: initialAge ?? self.initialAge,
            receivedAt: receivedAt ?? self.receivedAt,
            lastModified: lastModified,
            date: date,
            selection: selection,
            tags: tags,
            path: path,
            representations: representations,
            variesByCoding: variesByCoding
        )
    }
}
