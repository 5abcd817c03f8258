import NIOCore
import WeirCache
import WeirHTTP
import WeirTraces

/// Responses like those of an application, but for their number.
struct Sample {
    private static let date = "Fri, 20 Nov 2026 08:49:37 GMT"

    private let fields: FieldSection
    private let body: ByteBuffer
    private let head: ByteBuffer
    private let notModifiedHead: ByteBuffer
    private let etag = ByteBuffer(string: "\"47DEQpj8HBSa-_TImW-5JQ\"")
    private let freshness: Freshness
    private let receivedAt: NIODeadline

    /// - Parameters:
    ///   - lifetime: in seconds, from `receivedAt` on.
    ///   - isValidatable: whether an upstream gave an `ETag`; else Weir's own has been made of the body.
    init(
        bodyBytes: Int,
        lifetime: Int64 = 86_400,
        receivedAt: NIODeadline = .now(),
        isValidatable: Bool = true
    ) {
        var fields: FieldSection = [
            "Date": Self.date, "Content-Type": "application/json; charset=utf-8",
            "Cache-Control": "public, max-age=\(lifetime)", "Surrogate-Key": "courses:list course:1234",
            "X-Frame-Options": "SAMEORIGIN", "Server": "nginx/1.22.1",
        ]
        if isValidatable { fields.append(.etag, bytes: etag.readableBytesView) }
        self.fields = fields.compacted()
        var head = ByteBuffer(string: "HTTP/1.1 200 OK\r\n")
        fields.write(into: &head, skipping: [.etag])
        head.writeString("ETag: \(String(buffer: etag))\r\nVia: 1.1 weir\r\nContent-Length: \(bodyBytes)\r\n")
        self.head = head
        notModifiedHead = ByteBuffer(
            string: "HTTP/1.1 304 Not Modified\r\nCache-Control: public, max-age=\(lifetime)\r\nDate: \(Self.date)\r\n"
                + "ETag: \(String(buffer: etag))\r\nVia: 1.1 weir\r\n"
        )
        body = ByteBuffer(repeating: UInt8(ascii: "x"), count: bodyBytes)
        freshness = Freshness(lifetime: lifetime)
        self.receivedAt = receivedAt
    }

    /// A key that falls anywhere, the same for one number.
    static func key(_ number: Int) -> CacheKey {
        var generator = SplitMix64(state: UInt64(number))
        return CacheKey(generator.next(), generator.next(), generator.next(), generator.next())
    }

    func response(_ key: CacheKey, tags: [String] = [], path: String = "/courses/1234") -> StoredResponse {
        // Of its own bytes, as one that has come from an upstream.
        var body = ByteBuffer()
        body.reserveCapacity(self.body.readableBytes)
        body.writeImmutableBuffer(self.body)
        return StoredResponse(
            key: key,
            status: 200,
            fields: fields.compacted(),
            freshness: freshness,
            initialAge: 0,
            receivedAt: receivedAt,
            lastModified: nil,
            date: UnixTime(seconds: 1_795_164_577),
            selection: .none,
            tags: tags,
            path: path,
            representations: [
                Representation(
                    form: Representation.Form(),
                    head: Self.copy(head),
                    notModifiedHead: Self.copy(notModifiedHead),
                    body: body,
                    etag: Self.copy(etag)
                )
            ]
        )
    }

    private static func copy(_ buffer: ByteBuffer) -> ByteBuffer { ByteBuffer(bytes: buffer.readableBytesView) }

    /// Bytes that come with it: body, both heads, fields, path and tags.
    func payload(tags: [String], path: String = "/courses/1234") -> Int {
        body.readableBytes + head.readableBytes + notModifiedHead.readableBytes + fields.storage.readableBytes
            + path.utf8.count + tags.reduce(0) { $0 + $1.utf8.count }
    }

    /// What the store counts for one of these.
    var size: Int {
        let store = MemoryStore(settings: CacheSettings(memory: 64 << 20, maxObject: 4 << 20))
        let outcome = store.insert(response(Self.key(0)), since: store.mark())
        precondition(outcome == .stored, "Cannot store a sample")
        return store.statistics.bytes
    }
}
