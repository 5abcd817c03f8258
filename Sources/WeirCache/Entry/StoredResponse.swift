package import NIOCore
import Synchronization
package import WeirHTTP

/// A stored response (RFC 9111 §1.2): immutable, so that a reader on any event loop may hold it while the store
/// evicts or replaces it.
///
/// It is made to be small: whatever is text lies in one block of memory of its own size (``ResponsePacker``), and is read
/// from there by those few who want it otherwise.
package final class StoredResponse: Sendable {
    private struct Flags: OptionSet, Sendable {
        let rawValue: UInt8

        static let variesByCoding = Flags(rawValue: 1)
        static let hasEntityTag = Flags(rawValue: 2)
        static let hasLastModified = Flags(rawValue: 4)
        static let mustRevalidate = Flags(rawValue: 8)
        static let alwaysValidate = Flags(rawValue: 16)
        static let hasNote = Flags(rawValue: 32)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(_ freshness: Freshness) {
            self = []
            if freshness.mustRevalidate { insert(.mustRevalidate) }
            if freshness.alwaysValidate { insert(.alwaysValidate) }
        }
    }

    /// What most do not have.
    private final class Further: Sendable {
        let representations: [PackedRepresentation]
        let largeBodies: [ByteBuffer]
        let selection: VarySelection

        init(representations: [PackedRepresentation], largeBodies: [ByteBuffer], selection: VarySelection) {
            self.representations = representations
            self.largeBodies = largeBodies
            self.selection = selection
        }
    }

    package let key: CacheKey
    private let bytes: StoredBytes
    private let fieldsEnd: UInt32
    private let packed: PackedRepresentation
    /// From when on a refresh ahead of its end may begin, in ticks. Here it fills a gap.
    private let refreshableAt = Atomic<UInt32>(0)
    private let further: Further?
    package let receivedAt: NIODeadline
    /// Seconds, as in ``Freshness``.
    private let lifetime: UInt32
    private let staleWhileRevalidate: UInt32
    private let staleIfError: UInt32
    private let age: UInt32
    /// Seconds; the least there is where there is no such field.
    private let modified: Int64
    private let dated: Int64
    package let status: UInt16
    private let flags: Flags
    /// Codings that are being made, a bit each by raw value.
    private let codingsBegun = Atomic<UInt8>(0)
    private let uses = Atomic<UInt32>(0)

    /// - Parameters:
    ///   - fields: as received, but for hop-by-hop and other never-stored fields.
    ///   - initialAge: the corrected one (RFC 9111 §4.2.3), in seconds.
    ///   - tags: what a purge finds it by.
    ///   - path: the URL's, for purges by glob.
    ///   - note: a few bytes that mean something to who stores it, at most 65,535: nothing here reads them.
    ///   - representations: the first is the one that was received; there is always that one.
    ///   - variesByCoding: whether a client may get it in another content coding than it was received in.
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
        note: ByteBuffer = ByteBuffer(),
        representations: [Representation],
        variesByCoding: Bool = false
    ) {
        var packer = ResponsePacker()
        fieldsEnd = packer.add(fields.written())
        packer.add(sized: ByteBuffer(string: path))
        packer.add(tags: tags)
        packer.add(note: note)
        for representation in representations { packer.add(representation) }
        precondition(!representations.isEmpty, "Cannot store a response without a representation")
        packed = packer.representations[0]
        let others = Array(packer.representations.dropFirst())
        further =
            others.isEmpty && packer.largeBodies.isEmpty && selection.isEmpty
            ? nil : Further(representations: others, largeBodies: packer.largeBodies, selection: selection)
        bytes = StoredBytes(packer.pieces)
        self.key = key
        self.status = status
        self.receivedAt = receivedAt
        lifetime = UInt32(clamping: freshness.lifetime)
        staleWhileRevalidate = UInt32(clamping: freshness.staleWhileRevalidate)
        staleIfError = UInt32(clamping: freshness.staleIfError)
        age = UInt32(clamping: initialAge)
        modified = lastModified?.seconds ?? .min
        dated = date?.seconds ?? .min
        var flags: Flags = []
        if variesByCoding { flags.insert(.variesByCoding) }
        if note.readableBytes > 0 { flags.insert(.hasNote) }
        if fields.contains(.etag) { flags.insert(.hasEntityTag) }
        if fields.contains(.lastModified) { flags.insert(.hasLastModified) }
        self.flags = flags.union(Flags(freshness))
    }

    /// The same response, received at another time or at another age, or of another lifetime.
    private init(_ other: StoredResponse, freshness: Freshness, initialAge: Int64, receivedAt: NIODeadline) {
        key = other.key
        bytes = StoredBytes(copying: other.bytes)
        (fieldsEnd, packed, further) = (other.fieldsEnd, other.packed, other.further)
        self.receivedAt = receivedAt
        lifetime = UInt32(clamping: freshness.lifetime)
        staleWhileRevalidate = UInt32(clamping: freshness.staleWhileRevalidate)
        staleIfError = UInt32(clamping: freshness.staleIfError)
        age = UInt32(clamping: initialAge)
        (modified, dated) = (other.modified, other.dated)
        status = other.status
        flags = other.flags.subtracting([.mustRevalidate, .alwaysValidate]).union(Flags(freshness))
        countOn(from: other)
    }

    /// What was counted of the other goes on here.
    private func countOn(from other: StoredResponse) {
        uses.store(other.uses.load(ordering: .relaxed), ordering: .relaxed)
        refreshableAt.store(other.refreshableAt.load(ordering: .relaxed), ordering: .relaxed)
    }

    // MARK: Requests

    /// Which requests it answers.
    package var selection: VarySelection { further?.selection ?? .none }

    /// Whether there are requests to its URL that it does not answer.
    var isSelected: Bool { further.map { !$0.selection.isEmpty } ?? false }

    func answers(_ request: FieldSection) -> Bool { further?.selection.matches(request) ?? true }

    // MARK: Representations

    /// The one that was received.
    package var received: Representation { Representation(packed, of: self) }

    /// The first is the one that was received.
    package var representations: [Representation] {
        [received] + (further?.representations ?? []).map { Representation($0, of: self) }
    }

    package func representation(_ form: Representation.Form) -> Representation? {
        if packed.form == form { return received }
        return further?.representations.first { $0.form == form }.map { Representation($0, of: self) }
    }

    /// Whether a client may get it in another content coding than it was received in.
    package var variesByCoding: Bool { flags.contains(.variesByCoding) }

    /// - Returns: whether it is the caller's to make; false where somebody else is at it.
    package func beginCoding(_ coding: ContentCoding) -> Bool {
        let bit = UInt8(1) << coding.rawValue
        return codingsBegun.bitwiseOr(bit, ordering: .relaxed).oldValue & bit == 0
    }

    /// It is not made after all.
    package func giveUpCoding(_ coding: ContentCoding) {
        codingsBegun.bitwiseAnd(~(UInt8(1) << coding.rawValue), ordering: .relaxed)
    }

    // MARK: Uses

    /// - Returns: its uses since it was fetched or last validated, as far as they were counted, this one included.
    package func countUse() -> Int { Int(uses.wrappingAdd(1, ordering: .relaxed).newValue) }

    /// - Returns: whether it is the caller's to refresh; false where somebody else has begun less than `pause` ago, give or
    ///   take a ``tick(_:)``.
    package func beginRefresh(now: NIODeadline, pause: TimeAmount) -> Bool {
        let before = refreshableAt.load(ordering: .relaxed)
        let present = Self.tick(now)
        guard before <= present else { return false }
        let next = max(Self.tick(now + pause), present + 1)
        return refreshableAt.compareExchange(expected: before, desired: next, ordering: .relaxed).exchanged
    }

    /// Some 17 ms long, so that 32 bits last for two years of uptime.
    private static func tick(_ time: NIODeadline) -> UInt32 { UInt32(clamping: time.uptimeNanoseconds >> 24) }

    // MARK: Time

    package var freshness: Freshness {
        Freshness(
            lifetime: Int64(lifetime),
            staleWhileRevalidate: Int64(staleWhileRevalidate),
            staleIfError: Int64(staleIfError),
            mustRevalidate: flags.contains(.mustRevalidate),
            alwaysValidate: flags.contains(.alwaysValidate)
        )
    }

    /// Corrected initial age (RFC 9111 §4.2.3), in seconds.
    package var initialAge: Int64 { Int64(age) }

    package var lastModified: UnixTime? { modified == .min ? nil : UnixTime(seconds: modified) }

    package var date: UnixTime? { dated == .min ? nil : UnixTime(seconds: dated) }

    /// What an `If-Modified-Since` is compared with: `Last-Modified`, or `Date` where there is none (RFC 9111 §4.3.2).
    package var comparedDate: UnixTime? { lastModified ?? (flags.contains(.hasLastModified) ? nil : date) }

    /// RFC 9111 §4.2.3, in whole seconds.
    package func age(at now: NIODeadline) -> Int64 {
        initialAge + max(0, (now - receivedAt).nanoseconds / 1_000_000_000)
    }

    /// Seconds of freshness left; negative once stale.
    package func timeToLive(at now: NIODeadline) -> Int64 { Int64(lifetime) - age(at: now) }

    /// Whether an upstream gave something to validate it with (RFC 9111 §4.3).
    var isValidatable: Bool { flags.contains(.hasEntityTag) || modified != .min }

    // MARK: Text

    /// As received, but for hop-by-hop and other never-stored fields; holds its own bytes.
    package var fields: FieldSection { FieldSection(written: bytes.buffer(0..<Int(fieldsEnd))) }

    private var pathRange: Range<Int> { piece(at: Int(fieldsEnd)) }
    private var tagsRange: Range<Int> { piece(at: pathRange.upperBound) }

    private func piece(at start: Int) -> Range<Int> {
        bytes.withBytes(0..<bytes.count) { ResponsePacker.piece(in: $0, at: start) }
    }

    /// The URL's path, for purges by glob.
    package var path: String { String(buffer: bytes.buffer(pathRange)) }

    func withPath<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        bytes.withBytes(pathRange, body)
    }

    /// What a purge finds it by.
    package var tags: [String] {
        var tags: [String] = []
        forEachTag { tag in
            // The bytes are read within this closure only.
            tags.append(unsafe tag.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) })
        }
        return tags
    }

    var tagCount: Int {
        var count = 0
        forEachTag { _ in count += 1 }
        return count
    }

    func forEachTag(_ body: (Span<UInt8>) -> Void) {
        _ = containsTag { tag in
            body(tag)
            return false
        }
    }

    func carries(_ name: String) -> Bool {
        let name = name.utf8Span.span
        return containsTag { $0.isSame(as: name) }
    }

    func containsTag(where matches: (Span<UInt8>) -> Bool) -> Bool {
        bytes.withBytes(tagsRange) { text in
            var next = 0
            while next < text.count {
                let tag = ResponsePacker.piece(in: text, at: next)
                if matches(text.extracting(tag)) { return true }
                next = tag.upperBound
            }
            return false
        }
    }

    /// What who stored it has noted.
    package var note: ByteBuffer {
        guard flags.contains(.hasNote) else { return ByteBuffer() }
        let tagsEnd = tagsRange.upperBound
        let start = tagsEnd + 2
        let length = bytes.withBytes(tagsEnd..<start) { Int($0[0]) << 8 | Int($0[1]) }
        return bytes.buffer(start..<start + length)
    }

    func hasSameTags(as other: StoredResponse) -> Bool {
        bytes.withBytes(tagsRange) { tags in
            other.bytes.withBytes(other.tagsRange) { tags.isSame(as: $0) }
        }
    }

    // MARK: Others like it

    /// The same response with one more form ready.
    package func adding(_ representation: Representation) -> StoredResponse {
        let more = StoredResponse(
            key: key,
            status: status,
            fields: fields,
            freshness: freshness,
            initialAge: initialAge,
            receivedAt: receivedAt,
            lastModified: lastModified,
            date: date,
            selection: selection,
            tags: tags,
            path: path,
            note: note,
            representations: representations + [representation],
            variesByCoding: variesByCoding
        )
        more.countOn(from: self)
        return more
    }

    /// The same response, stale from now on, for as long as its windows say.
    package func stale(at now: NIODeadline) -> StoredResponse {
        var freshness = staleFreshness(at: now)
        // It is known to be another: nobody gets it in place of the new one.
        freshness.staleWhileRevalidate = 0
        return StoredResponse(self, freshness: freshness, initialAge: initialAge, receivedAt: receivedAt)
    }

    /// What a soft purge leaves: the same response, stale from now on, which may be served for as long as its windows
    /// say, `stale-while-revalidate` included.
    ///
    /// It counts as received now, at the age that it has: what was asked before the purge does not freshen it.
    package func softened(at now: NIODeadline) -> StoredResponse {
        StoredResponse(self, freshness: staleFreshness(at: now), initialAge: age(at: now), receivedAt: now)
    }

    /// The same response, never to be used again before it is validated: it may have been purged.
    ///
    /// It counts as received now, as what is softened does.
    package func doubted(at now: NIODeadline) -> StoredResponse {
        var freshness = staleFreshness(at: now)
        freshness.alwaysValidate = true
        return StoredResponse(self, freshness: freshness, initialAge: age(at: now), receivedAt: now)
    }

    /// The same response, its age counted from when it came here: as if it had been new then, and as far back as this
    /// machine's clock goes. For what comes from an earlier process, which does not say when it came.
    func receivedByAge() -> StoredResponse {
        let seconds = min(initialAge, Int64(clamping: receivedAt.uptimeNanoseconds / 1_000_000_000))
        let received = receivedAt - .seconds(seconds)
        return StoredResponse(self, freshness: freshness, initialAge: initialAge - seconds, receivedAt: received)
    }

    private func staleFreshness(at now: NIODeadline) -> Freshness {
        var freshness = freshness
        freshness.lifetime = min(freshness.lifetime, age(at: now))
        return freshness
    }

    // MARK: Bytes

    var byteCount: Int { bytes.count }

    var largeBodies: [ByteBuffer] { further?.largeBodies ?? [] }

    var hasFurther: Bool { further != nil }

    /// Representations besides the one that was received.
    var furtherCount: Int { further?.representations.count ?? 0 }

    func write(_ range: Range<Int>, into buffer: inout ByteBuffer) { bytes.write(range, into: &buffer) }

    func buffer(_ range: Range<Int>) -> ByteBuffer { bytes.buffer(range) }

    func largeBody(of packed: PackedRepresentation) -> ByteBuffer? {
        packed.largeBody == 0 ? nil : further?.largeBodies[Int(packed.largeBody) - 1]
    }
}

extension Span<UInt8> {
    fileprivate func isSame(as other: Span<UInt8>) -> Bool {
        count == other.count && indices.allSatisfy { self[$0] == other[$0] }
    }
}
