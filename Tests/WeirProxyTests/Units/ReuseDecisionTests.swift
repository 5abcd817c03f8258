import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirOpenAI

@testable import WeirProxy

@Suite struct ReuseDecisionTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private static func stored(_ freshness: Freshness) -> StoredResponse {
        StoredResponse(
            key: CacheKey(1, 2, 3, 4),
            status: 200,
            fields: FieldSection(),
            freshness: freshness,
            initialAge: 10,
            receivedAt: start,
            lastModified: nil,
            selection: .none,
            tags: [],
            path: "/",
            representations: [
                Representation(
                    form: Representation.Form(),
                    head: ByteBuffer(),
                    notModifiedHead: ByteBuffer(),
                    body: ByteBuffer(),
                    etag: nil
                )
            ],
            variesByCoding: false
        )
    }

    struct Row: Sendable {
        var control: String
        /// Of the response; it was ten seconds old when it came and may live for a hundred.
        var age: Int64
        var freshness = Freshness(lifetime: 100, staleWhileRevalidate: 20, staleIfError: 50)
        var decision: ReuseDecision
    }

    private static let strict = Freshness(
        lifetime: 100,
        staleWhileRevalidate: 20,
        staleIfError: 50,
        mustRevalidate: true
    )
    private static let validating = Freshness(lifetime: 100, staleIfError: 50, alwaysValidate: true)

    @Test(
        "what a stored response may do, by its age and what the client asks",
        arguments: [
            Row(control: "", age: 10, decision: .fresh), Row(control: "", age: 99, decision: .fresh),
            Row(control: "", age: 100, decision: .staleWhileRevalidate),
            Row(control: "", age: 119, decision: .staleWhileRevalidate),
            Row(control: "", age: 120, decision: .validate),
            Row(control: "no-cache", age: 10, decision: .validate),
            Row(control: "max-age=20", age: 20, decision: .fresh),
            Row(control: "max-age=20", age: 21, decision: .validate),
            Row(control: "min-fresh=10", age: 90, decision: .fresh),
            Row(control: "min-fresh=10", age: 91, decision: .validate),
            Row(control: "min-fresh=0", age: 110, decision: .validate),
            Row(control: "max-stale=5", age: 105, decision: .acceptedStale),
            Row(control: "max-stale=5", age: 106, decision: .staleWhileRevalidate),
            Row(control: "max-stale", age: 100_000, decision: .acceptedStale),
            Row(control: "max-age=50, max-stale", age: 60, decision: .validate),
            Row(control: "", age: 100, freshness: strict, decision: .validate),
            Row(control: "max-stale", age: 100, freshness: strict, decision: .validate),
            Row(control: "", age: 10, freshness: validating, decision: .validate),
        ]
    )
    func decides(row: Row) {
        let stored = Self.stored(row.freshness)
        let control = CacheControl.ofRequest(fieldSection(("Cache-Control", row.control)))
        #expect(
            ReuseDecision.decide(stored, request: control, recheck: nil, now: Self.start + .seconds(row.age - 10))
                == row.decision
        )
    }

    @Test(
        "what is used often and not fresh for much longer is asked for again: it came with ninety seconds to live",
        arguments: [
            ("", 80, 2, .fresh), ("", 81, 2, .fresh), ("", 82, 2, .refreshAhead), ("", 82, 1, .fresh),
            ("", 82, 1000, .refreshAhead), ("", 89, 2, .refreshAhead), ("", 90, 2, .staleWhileRevalidate),
            ("max-age=1000", 85, 2, .fresh), ("min-fresh=1", 85, 2, .fresh), ("no-cache", 85, 2, .validate),
            ("max-stale=10", 85, 2, .refreshAhead), ("only-if-cached", 85, 2, .refreshAhead),
        ] as [(String, Int64, Int, ReuseDecision)]
    )
    func refreshesAhead(control: String, seconds: Int64, uses: Int, decision: ReuseDecision) {
        let stored = Self.stored(Freshness(lifetime: 100, staleWhileRevalidate: 20))
        let found = ReuseDecision.decide(
            stored,
            request: CacheControl.ofRequest(fieldSection(("Cache-Control", control))),
            recheck: nil,
            ahead: RefreshAheadSettings(left: 0.1, hits: 2),
            uses: uses,
            now: Self.start + .seconds(seconds)
        )
        #expect(found == decision)
    }

    @Test(
        "while others' purges are not heard of it is used for so long after it came, fresh or not, for whomever",
        arguments: [
            ("", 0, 0, .validate), ("", 0, 1000, .fresh), ("", 999, 1000, .fresh), ("", 1000, 1000, .validate),
            ("max-stale", 1000, 1000, .validate), ("max-stale", 95_000, 1000, .validate),
            ("", 95_000, 1000, .validate), ("", 95_000, 96_000, .staleWhileRevalidate),
            ("", 85_000, 86_400_000, .refreshAhead), ("no-cache", 0, 1000, .validate),
        ] as [(String, Int64, Int64, ReuseDecision)]
    )
    func rechecks(control: String, milliseconds: Int64, recheck: Int64, decision: ReuseDecision) {
        let stored = Self.stored(Freshness(lifetime: 100, staleWhileRevalidate: 20, staleIfError: 50))
        let now = Self.start + .milliseconds(milliseconds)
        let found = ReuseDecision.decide(
            stored,
            request: CacheControl.ofRequest(fieldSection(("Cache-Control", control))),
            recheck: .milliseconds(recheck),
            ahead: RefreshAheadSettings(left: 0.1, hits: 1),
            uses: 1,
            now: now
        )
        #expect(found == decision)
        let isTrusted = milliseconds < recheck
        #expect(
            ReuseDecision.mayStandIn(stored, allowed: 1000, recheck: .milliseconds(recheck), now: now) == isTrusted
        )
    }

    @Test("a short life ends in parts of a second")
    func refreshesAheadWithinSeconds() {
        let stored = Self.stored(Freshness(lifetime: 11))
        for (milliseconds, decision) in [(899, .fresh), (901, .refreshAhead)] as [(Int64, ReuseDecision)] {
            let now = Self.start + .milliseconds(milliseconds)
            let ahead = RefreshAheadSettings(left: 0.1, hits: 1)
            #expect(
                ReuseDecision.decide(
                    stored,
                    request: CacheControl(),
                    recheck: nil,
                    ahead: ahead,
                    uses: 1,
                    now: now
                ) == decision
            )
        }
    }

    @Test(
        "what may stand in for an upstream that fails",
        arguments: [
            (Freshness(lifetime: 100, staleIfError: 50), 149, true),
            (Freshness(lifetime: 100, staleIfError: 50), 150, false),
            (Freshness(lifetime: 100), 99, true), (Freshness(lifetime: 100), 100, false),
            (strict, 101, false), (strict, 99, true), (validating, 101, false), (validating, 99, false),
        ]
    )
    func standsIn(freshness: Freshness, age: Int64, may: Bool) {
        #expect(
            ReuseDecision.mayStandIn(Self.stored(freshness), recheck: nil, now: Self.start + .seconds(age - 10)) == may
        )
    }

    @Test(
        "RFC 5861 §4: a request may take more than the response says, but not what must be validated",
        arguments: [
            (Freshness(lifetime: 100), 9, 109, false), (Freshness(lifetime: 100), 9, 108, true),
            (Freshness(lifetime: 100), 9, 110, false), (Freshness(lifetime: 100, staleIfError: 50), 9, 149, true),
            (strict, 1000, 101, false), (validating, 1000, 101, false),
        ]
    )
    func standsInForRequest(freshness: Freshness, allowed: Int64, age: Int64, may: Bool) {
        let now = Self.start + .seconds(age - 10)
        #expect(ReuseDecision.mayStandIn(Self.stored(freshness), allowed: allowed, recheck: nil, now: now) == may)
    }

    @Test(
        "RFC 5861 §4: which statuses are failures",
        arguments: [
            (200, false, false), (404, false, false), (429, true, true), (500, true, true), (501, false, true),
            (502, true, true), (503, true, true), (504, true, true), (505, false, true), (511, false, true),
            (529, false, true),
        ] as [(UInt16, Bool, Bool)]
    )
    func failures(status: UInt16, inHTTP: Bool, inPersona: Bool) {
        let persona = AnswerPolicy.PersonaPolicy(
            endpoint: .chatCompletions,
            freshness: Freshness(lifetime: 1),
            finishReasons: []
        )
        #expect(ReuseDecision.isFailure(status, mode: .http(StorePolicy())) == inHTTP)
        #expect(ReuseDecision.isFailure(status, mode: .persona(persona)) == inPersona)
    }
}
