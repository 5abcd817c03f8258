import Testing
import WeirHTTP

@Suite("Storing responses")
struct StoreDecisionTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let receivedAt = UnixTime(seconds: 784_111_777)

    private static func decide(
        method: RequestMethod = .get,
        request: FieldSection = [:],
        status: UInt16 = 200,
        _ fields: FieldSection,
        policy: StorePolicy = StorePolicy()
    ) -> StoreDecision {
        StoreDecision.decide(
            method: method,
            request: request,
            response: ResponseHead(status: status, fields: fields),
            receivedAt: receivedAt,
            policy: policy
        )
    }

    @Test(
        "only answers to GET are stored",
        arguments: [
            RequestMethod.head, .post, .put, .patch, .delete, .options, .trace, .connect, .other,
        ]
    )
    func refusesMethods(method: RequestMethod) {
        #expect(Self.decide(method: method, ["Cache-Control": "public, max-age=60"]) == .refuse(.method))
    }

    @Test(
        "RFC 9111 §3: what forbids storing, whatever the lifetime",
        arguments: [
            (["Cache-Control": "no-store, max-age=60"], .noStore),
            (["Cache-Control": "max-age=60", "cache-control": "no-store"], .noStore),
            (["Cache-Control": "max-age=60, ext=\"no"], .noStore),
            (["Cache-Control": "private, max-age=60"], .private),
            (["Cache-Control": "private, public, max-age=60"], .private),
            (["Cache-Control": "max-age=60", "Vary": "*"], .varyStar),
            (["Cache-Control": "max-age=60", "Vary": "Accept, *"], .varyStar),
            (["Cache-Control": "max-age=60", "Vary": "Accept", "vary": "*"], .varyStar),
            (["Cache-Control": "max-age=60", "Vary": "Accept Language"], .varyStar),
            (["Cache-Control": "max-age=60", "Set-Cookie": "a=b"], .setCookie),
            (["Cache-Control": "public, s-maxage=60", "Set-Cookie": "a=b"], .setCookie),
            (["Cache-Control": "max-age=60, private=\"x\"", "Set-Cookie": "a=b"], .setCookie),
            (["CDN-Cache-Control": "no-store", "Cache-Control": "max-age=60"], .noStore),
        ] as [(FieldSection, NoStoreReason)]
    )
    func refuses(fields: FieldSection, reason: NoStoreReason) {
        #expect(Self.decide(fields) == .refuse(reason))
    }

    @Test(
        "RFC 9111 §5.2.2: names that no-cache and private take away let the rest in",
        arguments: [
            "max-age=60, no-cache=\"Set-Cookie\"", "max-age=60, private=\"x, set-cookie\"",
            "max-age=60, no-cache=SET-COOKIE",
        ]
    )
    func storesWithoutNamedFields(control: String) {
        #expect(
            Self.decide(["Cache-Control": control, "Set-Cookie": "a=b"]) == .store(Freshness(lifetime: 60))
        )
    }

    @Test(
        "RFC 9111 §3.5: credentials need an opening",
        arguments: [
            ("max-age=60", false), ("max-age=60, proxy-revalidate", false), ("max-age=60, immutable", false),
            ("public, max-age=60", true), ("s-maxage=60", true), ("max-age=60, must-revalidate", true),
        ]
    )
    func judgesAuthorization(control: String, isStored: Bool) {
        let decision = Self.decide(request: ["Authorization": "Bearer x"], ["Cache-Control": control])
        if isStored {
            guard case .store(let freshness) = decision else {
                Issue.record("\(decision)")
                return
            }
            #expect(freshness.lifetime == 60)
        } else {
            #expect(decision == .refuse(.authorization))
        }
    }

    @Test("RFC 9111 §5.2.1.5: a client's no-store keeps its answer out")
    func honoursRequestNoStore() {
        let decision = Self.decide(request: ["Cache-Control": "no-store"], ["Cache-Control": "max-age=60"])
        #expect(decision == .refuse(.requestNoStore))
        #expect(
            Self.decide(request: ["Pragma": "no-cache"], ["Cache-Control": "max-age=60"])
                == .store(Freshness(lifetime: 60))
        )
    }

    @Test(
        "RFC 9111 §3: statuses with a lifetime of their own",
        arguments: [
            (200, nil), (203, nil), (204, nil), (299, nil), (301, nil), (302, nil), (307, nil), (404, nil), (410, nil),
            (414, nil), (418, nil), (500, nil), (503, nil), (599, nil),
            (100, .status), (103, .status), (199, .status), (206, .partial), (304, .status), (412, .status),
            (416, .status), (417, .status), (600, .status), (0, .status),
        ] as [(UInt16, NoStoreReason?)]
    )
    func judgesStatuses(status: UInt16, reason: NoStoreReason?) {
        let expected = reason.map(StoreDecision.refuse) ?? .store(Freshness(lifetime: 60))
        #expect(Self.decide(status: status, ["Cache-Control": "max-age=60"]) == expected)
    }

    @Test(
        "RFC 9110 §15.1: without one, only lasting successes are stored",
        arguments: [
            (200, true), (203, true), (204, true), (300, true), (301, true), (308, true), (201, false), (202, false),
            (302, false), (303, false), (307, false), (400, false), (401, false), (403, false), (404, false),
            (405, false),
            (410, false), (414, false), (429, false), (500, false), (501, false), (502, false), (503, false),
            (504, false),
        ] as [(UInt16, Bool)]
    )
    func judgesSilentStatuses(status: UInt16, isStored: Bool) {
        let policy = StorePolicy(defaultLifetime: 30)
        let expected: StoreDecision = isStored ? .store(Freshness(lifetime: 30)) : .refuse(.status)
        #expect(Self.decide(status: status, ["ETag": "\"a\""], policy: policy) == expected)
    }

    @Test(
        "RFC 9111 §4.2.1: s-maxage before max-age before Expires less Date",
        arguments: [
            (["Cache-Control": "max-age=60", "Expires": "Sun, 06 Nov 1994 09:49:37 GMT"], 60),
            (["Expires": "Sun, 06 Nov 1994 09:49:37 GMT"], 3600),
            (["Expires": "Sun, 06 Nov 1994 09:49:37 GMT", "Date": "Sun, 06 Nov 1994 09:49:36 GMT"], 1),
            (["Expires": "Sun, 06 Nov 1994 09:49:37 GMT", "Date": "yesterday"], 3600),
            (["Expires": "Sunday, 06-Nov-94 09:49:37 GMT", "Date": "Sun Nov  6 08:49:37 1994"], 3600),
            (["Expires": "Fri, 31 Dec 9999 23:59:59 GMT"], 2_147_483_648),
            (["Expires": "Sun, 06 Nov 1994 07:49:37 GMT", "ETag": "\"a\""], 0),
            (["Expires": "0", "ETag": "\"a\""], 0),
            (["Expires": "-1", "ETag": "\"a\""], 0),
            (["Expires": "", "ETag": "\"a\""], 0),
            (
                [
                    "Expires": "Sun, 06 Nov 1994 09:49:37 GMT", "expires": "Sun, 06 Nov 1994 10:49:37 GMT",
                    "ETag": "\"a\"",
                ], 0
            ),
            (["Cache-Control": "max-age=x", "Expires": "Sun, 06 Nov 1994 09:49:37 GMT", "ETag": "\"a\""], 0),
            (["Cache-Control": "public", "Expires": "Sun, 06 Nov 1994 09:49:37 GMT"], 3600),
            (["CDN-Cache-Control": "max-age=5", "Cache-Control": "max-age=60"], 5),
        ] as [(FieldSection, Int64)]
    )
    func findsLifetime(fields: FieldSection, lifetime: Int64) {
        let policy = StorePolicy(defaultLifetime: 7)
        #expect(Self.decide(fields, policy: policy) == .store(Freshness(lifetime: lifetime)))
    }

    @Test("RFC 9111 §5.2.2.10: s-maxage is for this cache, and forbids it to serve stale")
    func prefersSharedMaxAge() {
        let fields: FieldSection = ["Cache-Control": "max-age=60, s-maxage=5, stale-while-revalidate=9"]
        #expect(Self.decide(fields) == .store(Freshness(lifetime: 5, mustRevalidate: true)))
    }

    @Test("RFC 9213 §2.2: Expires says nothing beside a targeted field")
    func ignoresExpiresWhenTargeted() {
        let fields: FieldSection = [
            "CDN-Cache-Control": "public", "Expires": "Sun, 06 Nov 1994 09:49:37 GMT", "ETag": "\"a\"",
        ]
        #expect(Self.decide(fields) == .store(Freshness(lifetime: 0)))
        #expect(Self.decide(fields, policy: StorePolicy(defaultLifetime: 9)) == .store(Freshness(lifetime: 9)))
    }

    @Test(
        "without a lifetime a validator lets it in, to be revalidated",
        arguments: [
            (["ETag": "\"a\""], true), (["ETag": "W/\"a\""], true), (["Last-Modified": date], true),
            (["Cache-Control": "public", "ETag": "\"a\""], true), ([:], false), (["Cache-Control": "public"], false),
            (["ETag": "a"], false), (["ETag": "\"a\"", "etag": "\"b\""], false), (["Last-Modified": "today"], false),
        ] as [(FieldSection, Bool)]
    )
    func storesToRevalidate(fields: FieldSection, isStored: Bool) {
        let expected: StoreDecision = isStored ? .store(Freshness(lifetime: 0)) : .refuse(.noFreshness)
        #expect(Self.decide(fields) == expected)
        #expect(Self.decide(fields, policy: StorePolicy(defaultLifetime: 9)) == .store(Freshness(lifetime: 9)))
    }

    @Test("one that is stale from the start needs a use: a validator, or leave to be served stale")
    func refusesUselessResponses() {
        #expect(Self.decide(["Cache-Control": "max-age=0"]) == .refuse(.noFreshness))
        #expect(Self.decide(["Cache-Control": "max-age=0", "ETag": "\"a\""]) == .store(Freshness(lifetime: 0)))
        #expect(
            Self.decide(["Cache-Control": "max-age=0, stale-if-error=9"])
                == .store(Freshness(lifetime: 0, staleIfError: 9))
        )
    }

    @Test("RFC 9111 §5.2.2.4: no-cache is stored to be validated before each use")
    func storesNoCache() {
        let fields: FieldSection = ["Cache-Control": "no-cache, max-age=60, stale-if-error=9", "ETag": "\"a\""]
        #expect(Self.decide(fields) == .store(Freshness(lifetime: 60, alwaysValidate: true)))
        #expect(
            Self.decide(["Cache-Control": "no-cache", "ETag": "\"a\""])
                == .store(Freshness(lifetime: 0, alwaysValidate: true))
        )
        #expect(Self.decide(["Cache-Control": "no-cache, max-age=60"]) == .refuse(.noCache))
        #expect(Self.decide(["Cache-Control": "no-cache=\"x\", max-age=60"]) == .store(Freshness(lifetime: 60)))
    }

    @Test(
        "RFC 5861 §3, §4: windows of staleness are the response's, else the route's",
        arguments: [
            ("max-age=60", 7, 8, false), ("max-age=60, stale-while-revalidate=1", 1, 8, false),
            ("max-age=60, stale-if-error=2", 7, 2, false),
            ("max-age=60, stale-while-revalidate=0, stale-if-error=0", 0, 0, false),
            ("max-age=60, stale-if-error=x", 7, 0, false), ("max-age=60, must-revalidate", 0, 0, true),
            ("max-age=60, proxy-revalidate, stale-if-error=9", 0, 0, true),
        ] as [(String, Int64, Int64, Bool)]
    )
    func findsStaleWindows(control: String, whileRevalidate: Int64, ifError: Int64, mustRevalidate: Bool) {
        let policy = StorePolicy(staleWhileRevalidate: 7, staleIfError: 8)
        let expected = Freshness(
            lifetime: 60,
            staleWhileRevalidate: whileRevalidate,
            staleIfError: ifError,
            mustRevalidate: mustRevalidate
        )
        #expect(Self.decide(["Cache-Control": control], policy: policy) == .store(expected))
    }

    @Test("RFC 9111 §5.2.2.3: must-understand outweighs no-store where the status is understood")
    func honoursMustUnderstand() {
        let fields: FieldSection = ["Cache-Control": "must-understand, no-store, max-age=60"]
        #expect(Self.decide(fields) == .store(Freshness(lifetime: 60)))
        #expect(Self.decide(status: 404, fields) == .store(Freshness(lifetime: 60)))
        #expect(Self.decide(status: 299, fields) == .refuse(.status))
        #expect(Self.decide(status: 299, ["Cache-Control": "must-understand, max-age=60"]) == .refuse(.status))
    }

    @Test("the reasons are tokens")
    func namesReasons() {
        #expect(
            NoStoreReason.allCases.map(\.rawValue) == [
                "method", "request-no-store", "partial", "status", "no-store", "private", "authorization", "set-cookie",
                "vary-star", "no-cache", "no-freshness",
            ]
        )
    }

    private static func lifetime(_ status: UInt16, _ fields: FieldSection, _ policy: StorePolicy) -> Int64? {
        let decision = StoreDecision.decide(
            method: .get,
            request: [:],
            response: ResponseHead(status: status, fields: fields),
            receivedAt: UnixTime(seconds: 784_111_777),
            policy: policy
        )
        guard case .store(let freshness) = decision else { return nil }
        return freshness.lifetime
    }

    @Test(
        "RFC 9111 §4.2.2: a tenth of the time since the modification, at most a day, where nothing else is said",
        arguments: [
            // Received on Sun, 06 Nov 1994 08:49:37 GMT.
            (200, ["Last-Modified": "Sun, 06 Nov 1994 08:32:57 GMT"], 100),
            (404, ["Last-Modified": "Sun, 06 Nov 1994 08:32:57 GMT"], 100),
            (501, ["Last-Modified": "Sun, 06 Nov 1994 08:32:57 GMT"], 100),
            (200, ["Last-Modified": "Sun, 06 Nov 1983 08:32:57 GMT"], 86_400),
            (200, ["Last-Modified": "Sun, 06 Nov 1994 08:32:57 GMT", "Date": "Sun, 06 Nov 1994 08:33:07 GMT"], 1),
            (200, ["Last-Modified": "Sun, 06 Nov 1994 08:32:57 GMT", "Cache-Control": "max-age=5"], 5),
            (200, ["Last-Modified": "Sun, 06 Nov 1994 09:49:37 GMT"], 7),
            (200, ["ETag": "\"a\""], 7), (200, ["Last-Modified": "yesterday"], 7),
            (302, ["Last-Modified": "Sun, 06 Nov 1994 08:32:57 GMT"], nil),
            (500, ["Last-Modified": "Sun, 06 Nov 1994 08:32:57 GMT"], nil),
            (599, ["Last-Modified": "Sun, 06 Nov 1994 08:32:57 GMT", "Cache-Control": "public"], 100),
            (404, [:], nil),
        ] as [(UInt16, FieldSection, Int64?)]
    )
    func heuristics(status: UInt16, fields: FieldSection, lifetime: Int64?) {
        let policy = StorePolicy(defaultLifetime: 7, heuristicShare: 0.1)
        #expect(Self.lifetime(status, fields, policy) == lifetime)
    }

    @Test(
        "failures are kept for as long as the route says for their status, unless they say it themselves",
        arguments: [
            (404, [:], 10), (404, ["Cache-Control": "max-age=5"], 5), (404, ["Cache-Control": "no-store"], nil),
            (404, ["Set-Cookie": "a=b"], nil), (410, [:], nil), (503, [:], 1), (500, [:], nil), (400, [:], nil),
        ] as [(UInt16, FieldSection, Int64?)]
    )
    func negative(status: UInt16, fields: FieldSection, lifetime: Int64?) {
        let policy = StorePolicy(defaultLifetime: 7, negativeLifetimes: [404: 10, 503: 1])
        #expect(Self.lifetime(status, fields, policy) == lifetime)
    }
}
