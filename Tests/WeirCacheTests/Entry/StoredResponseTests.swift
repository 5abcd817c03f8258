import NIOCore
import Testing
import WeirHTTP

@testable import WeirCache

/// What is packed into a stored response is what comes out of it.
@Suite("Stored responses")
struct StoredResponseTests {
    private static let received = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private static func representation(
        _ form: Representation.Form = Representation.Form(),
        body: Int,
        etag: String? = "\"v\"",
        tagged: Bool = true
    ) -> Representation {
        Representation(
            form: form,
            head: ByteBuffer(string: "HTTP/1.1 200 OK\r\nX-Form: \(form.coding)\r\n"),
            notModifiedHead: ByteBuffer(
                string: "HTTP/1.1 304 Not Modified\r\n" + (tagged ? "ETag: \(etag ?? "")\r\n" : "")
            ),
            body: WeirCacheTests.body(body),
            etag: etag.map { ByteBuffer(string: $0) }
        )
    }

    private static func stored(_ representations: [Representation], tags: [String] = ["a", "", "täg"]) -> StoredResponse
    {
        StoredResponse(
            key: key(1),
            status: 203,
            fields: section([
                ("Content-Type", "text/plain"), ("X-Odd", ""), ("Last-Modified", "nonsense"), ("x", "a: b"),
            ]),
            freshness: Freshness(
                lifetime: 1 << 31,
                staleWhileRevalidate: 2,
                staleIfError: 3,
                mustRevalidate: true,
                alwaysValidate: false
            ),
            initialAge: 5,
            receivedAt: received,
            lastModified: nil,
            date: UnixTime(seconds: -7),
            selection: selection("accept", "x"),
            tags: tags,
            path: "/päth",
            representations: representations,
            variesByCoding: true
        )
    }

    /// Everything that can be told of one.
    private func expectSame(_ left: StoredResponse, _ right: StoredResponse) {
        #expect(left.key == right.key && left.status == right.status && left.fields == right.fields)
        #expect(left.freshness == right.freshness && left.initialAge == right.initialAge)
        #expect(left.receivedAt == right.receivedAt && left.date == right.date)
        #expect(left.lastModified == right.lastModified && left.comparedDate == right.comparedDate)
        #expect(left.selection == right.selection && left.tags == right.tags && left.path == right.path)
        #expect(left.variesByCoding == right.variesByCoding && left.uselessAt == right.uselessAt)
        #expect(left.representations.count == right.representations.count)
        for (one, other) in zip(left.representations, right.representations) { expectSame(one, other) }
    }

    private func expectSame(_ left: Representation, _ right: Representation) {
        #expect(left.form == right.form && left.etag == right.etag)
        #expect(left.head == right.head && left.notModifiedHead == right.notModifiedHead && left.body == right.body)
        #expect(left.headLength == right.head.readableBytes && left.bodyLength == right.body.readableBytes)
        var written = ByteBuffer()
        left.writeHead(into: &written)
        left.writeNotModifiedHead(into: &written)
        left.writeBody(into: &written)
        var expected = right.head
        expected.writeImmutableBuffer(right.notModifiedHead)
        expected.writeImmutableBuffer(right.body)
        #expect(written == expected)
    }

    @Test("what went in comes out", arguments: [0, 1, 1000, 16 << 10, (16 << 10) + 1, 100_000])
    func roundTrip(body: Int) throws {
        let made = Self.representation(body: body)
        let stored = Self.stored([made])
        #expect(stored.status == 203 && stored.path == "/päth" && stored.tags == ["a", "", "täg"])
        #expect(stored.freshness.lifetime == 1 << 31 && stored.freshness.staleIfError == 3)
        #expect(stored.freshness.mustRevalidate && !stored.freshness.alwaysValidate)
        #expect(stored.initialAge == 5 && stored.receivedAt == Self.received)
        #expect(stored.date?.seconds == -7 && stored.lastModified == nil)
        // There is a `Last-Modified`, which says nothing: `Date` does not stand in for it.
        #expect(stored.comparedDate == nil)
        #expect(stored.fields.string(.contentType) == "text/plain" && stored.fields.string(named: "X") == "a: b")
        #expect(stored.fields.string(named: "x-odd") == "" && stored.fields.lines.count == 4)
        #expect(stored.largestBody == body)
        expectSame(try #require(stored.representation(made.form)), made)
        expectSame(stored.received, made)
        #expect(stored.representation(Representation.Form(coding: .gzip)) == nil)
    }

    @Test("a tag is found though no 304 says it, and none is none")
    func tags() {
        let untold = Self.representation(body: 10, etag: "\"other\"", tagged: false)
        expectSame(Self.stored([untold]).received, untold)
        let none = Self.representation(body: 10, etag: nil, tagged: false)
        expectSame(Self.stored([none]).received, none)
        #expect(Self.stored([none], tags: []).tags == [])
    }

    @Test("further forms lie beside the first, large ones and small", arguments: [10, 20_000], [10, 20_000])
    func forms(first: Int, second: Int) throws {
        let forms = [
            Self.representation(body: first),
            Self.representation(Representation.Form(coding: .gzip), body: second, etag: "\"v-gzip\""),
            Self.representation(Representation.Form(coding: .brotli), body: first + 1, etag: nil, tagged: false),
        ]
        let stored = forms.dropFirst().reduce(Self.stored([forms[0]])) { $0.adding($1) }
        expectSame(stored, Self.stored(forms))
        for made in forms { expectSame(try #require(stored.representation(made.form)), made) }
    }

    @Test("what is marked stale is otherwise the same")
    func copies() {
        let stored = Self.stored([
            Self.representation(body: 20_000), Self.representation(.init(coding: .gzip), body: 5),
        ])
        let now = Self.received + .seconds(10)
        let softened = stored.softened(at: now)
        #expect(softened.age(at: now) == 15 && softened.timeToLive(at: now) == 0 && softened.receivedAt == now)
        #expect(softened.freshness.staleWhileRevalidate == 2)
        let stale = stored.stale(at: now)
        #expect(stale.timeToLive(at: now) == 0 && stale.freshness.staleWhileRevalidate == 0)
        #expect(stale.receivedAt == stored.receivedAt && stale.hasSameTags(as: stored))
        let doubted = stored.doubted(at: now)
        #expect(doubted.freshness.alwaysValidate && doubted.freshness.mustRevalidate && doubted.receivedAt == now)
        #expect(!softened.freshness.alwaysValidate && !stale.freshness.alwaysValidate)
        for copy in [softened, stale, doubted] {
            for (one, other) in zip(copy.representations, stored.representations) { expectSame(one, other) }
            #expect(copy.fields == stored.fields && copy.tags == stored.tags && copy.path == stored.path)
        }
        #expect(!stored.hasSameTags(as: Self.stored([stored.received], tags: ["a", "", "tag!"])))
    }

    @Test("a representation outlives the store's hold on its response")
    func outlives() {
        var stored: StoredResponse? = Self.stored([Self.representation(body: 1000)])
        let received = stored?.received
        stored = nil
        #expect(received?.body == body(1000))
    }

    @Test("uses are counted through further forms, and from nothing again once it is fetched")
    func uses() {
        let stored = response(key(1))
        #expect((0..<3).map { _ in stored.countUse() } == [1, 2, 3])
        let coded = stored.adding(
            Self.representation(.init(coding: .gzip), body: 5)
        )
        #expect(coded.countUse() == 4)
        #expect(response(key(1)).countUse() == 1)
    }

    @Test("a refresh is one caller's, until its pause is over")
    func refreshes() {
        let stored = response(key(1))
        #expect(stored.beginRefresh(now: Self.received, pause: .seconds(10)))
        #expect(!stored.beginRefresh(now: Self.received, pause: .seconds(10)))
        #expect(!stored.beginRefresh(now: Self.received + .milliseconds(9_980), pause: .seconds(10)))
        #expect(!stored.softened(at: Self.received).beginRefresh(now: Self.received, pause: .seconds(10)))
        #expect(stored.beginRefresh(now: Self.received + .seconds(10), pause: .seconds(10)))
    }

    @Test("of callers at once one refreshes")
    func refreshesOnce() async {
        let stored = response(key(1))
        let begun = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { stored.beginRefresh(now: Self.received, pause: .seconds(10)) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(begun == 1)
    }

    @Test("paths and tags of any length are read back as they were", arguments: [0, 1, 254, 255, 256, 70_000])
    func lengths(count: Int) {
        let text = String(repeating: "x", count: count)
        let stored = response(key(1), tags: ["a", text, "b"], path: text)
        #expect(stored.path == text && stored.tags == ["a", text, "b"] && stored.note.readableBytes == 0)
        #expect(stored.softened(at: .now()).hasSameTags(as: stored))
        #expect(!stored.hasSameTags(as: response(key(1), tags: ["a", text, "c"], path: text)))
    }

    @Test("with two tags it counts at most 300 bytes beyond what it holds", arguments: [0, 1, 2])
    func overhead(tags: Int) {
        let tags = ["course:1234", "https://example.com/courses/1234"].prefix(tags).map { $0 }
        let stored = response(key(1), body: 1000, tags: tags, path: "/courses/1234")
        let own = 1000 + 17 + 13 + tags.reduce(0) { $0 + $1.utf8.count }
        #expect(stored.size - own <= 300)
    }
}
