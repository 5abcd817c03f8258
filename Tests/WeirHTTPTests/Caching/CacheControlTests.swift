import Testing
import WeirHTTP

@Suite("Cache-Control")
struct CacheControlTests {
    private static func control(_ change: (inout CacheControl) -> Void) -> CacheControl {
        var control = CacheControl()
        change(&control)
        return control
    }

    private static let directives: [(String, CacheControl)] = [
        ("", CacheControl()),
        ("no-store", control { $0.noStore = true }),
        ("No-STORE", control { $0.noStore = true }),
        ("no-store=\"x\"", control { $0.noStore = true }),
        ("no-cache", control { $0.noCache = true }),
        ("private", control { $0.isPrivate = true }),
        ("public", control { $0.isPublic = true }),
        ("must-revalidate", control { $0.mustRevalidate = true }),
        ("proxy-revalidate", control { $0.proxyRevalidate = true }),
        ("must-understand", control { $0.mustUnderstand = true }),
        ("no-transform", control { $0.noTransform = true }),
        ("only-if-cached", control { $0.onlyIfCached = true }),
        ("immutable", control { $0.immutable = true }),
        ("max-age=5", control { $0.maxAge = 5 }),
        ("s-maxage=6", control { $0.sharedMaxAge = 6 }),
        ("min-fresh=7", control { $0.minFresh = 7 }),
        ("max-stale=8", control { $0.maxStale = 8 }),
        ("max-stale", control { $0.maxStale = .max }),
        ("max-stale, max-stale=8", control { $0.maxStale = 8 }),
        ("stale-while-revalidate=9", control { $0.staleWhileRevalidate = 9 }),
        ("stale-if-error=10", control { $0.staleIfError = 10 }),
        ("no-stor, no-storee, x-no-store, nostore", CacheControl()),
        ("public,max-age=5", control { ($0.isPublic, $0.maxAge) = (true, 5) }),
        (" ,, public\t,\t max-age=5 ,", control { ($0.isPublic, $0.maxAge) = (true, 5) }),
        ("public; max-age=5", CacheControl()),
        ("community=\"UCI\", max-age=5", control { $0.maxAge = 5 }),
        ("ext=\"no-store, max-age=9\", max-age=5", control { $0.maxAge = 5 }),
        ("ext=\"a\\\", no-store\", max-age=5", control { $0.maxAge = 5 }),
    ]

    @Test("RFC 9111 §5.2: each directive is read, in any case and among any others", arguments: directives)
    func readsDirectives(line: String, expected: CacheControl) {
        #expect(CacheControl(["Cache-Control": line]) == expected)
    }

    @Test(
        "RFC 9111 §1.2.2, §4.2.1: delta-seconds saturate, and what is malformed is 0",
        arguments: [
            ("max-age=0", 0), ("max-age=0005", 5), ("max-age=\"60\"", 60), ("max-age=\"6\\0\"", 60),
            ("max-age=2147483647", 2_147_483_647), ("max-age=2147483648", 2_147_483_648),
            ("max-age=2147483649", 2_147_483_648), ("max-age=99999999999999999999999999", 2_147_483_648),
            ("max-age", 0), ("max-age=", 0), ("max-age=\"\"", 0), ("max-age=-1", 0), ("max-age=+1", 0),
            ("max-age=1.5", 0), ("max-age=0x10", 0), ("max-age=60s", 0), ("max-age='60'", 0), ("max-age=6 0", 0),
            ("max-age =60", 0), ("max-age= 60", 0), ("max-age=60=60", 0), ("max-age=\"60\"x", 0),
            ("max-age=60;x", 0), ("max-age=\u{0661}", 0),
        ] as [(String, Int64)]
    )
    func readsDeltaSeconds(line: String, expected: Int64) {
        #expect(CacheControl(["Cache-Control": line]).maxAge == expected)
    }

    @Test("RFC 9111 §4.2.1: of a repeated directive the most restrictive counts")
    func takesTheMostRestrictive() {
        #expect(CacheControl(["Cache-Control": "max-age=9, max-age=5"]).maxAge == 5)
        #expect(CacheControl(["Cache-Control": "max-age=5", "cache-control": "max-age=9"]).maxAge == 5)
        #expect(CacheControl(["Cache-Control": "max-age=5, max-age=x"]).maxAge == 0)
        #expect(CacheControl(["Cache-Control": "s-maxage=9, s-maxage=5"]).sharedMaxAge == 5)
        #expect(CacheControl(["Cache-Control": "min-fresh=5, min-fresh=9"]).minFresh == 9)
    }

    @Test("all lines are taken together")
    func joinsLines() {
        let control = CacheControl(["Cache-Control": "public", "Age": "1", "CACHE-CONTROL": "max-age=5"])
        #expect(control == Self.control { ($0.isPublic, $0.maxAge) = (true, 5) })
    }

    @Test(
        "RFC 9111 §5.2.2.4, §5.2.2.7: field names narrow no-cache and private, if they are any",
        arguments: [
            ("no-cache=\"Set-Cookie\"", false, ["set-cookie"]), ("no-cache=set-cookie", false, ["set-cookie"]),
            ("no-cache=\"a, B ,,c\"", false, ["a", "b", "c"]),
            ("no-cache=\"a\", no-cache=\"b, a\"", false, ["a", "b"]),
            ("no-cache=\"a\", no-cache", true, ["a"]), ("no-cache=\"\"", true, []), ("no-cache=", true, []),
            ("no-cache=\" , \"", true, []), ("no-cache=\"a b\"", true, []), ("no-cache=\"a, b c\"", true, []),
            ("no-cache =\"a\"", true, []),
        ]
    )
    func readsFieldNames(line: String, isUnqualified: Bool, names: [String]) {
        let noCache = CacheControl(["Cache-Control": line])
        #expect(noCache.noCache == isUnqualified)
        #expect(noCache.noCacheFields == names)
        let private_ = CacheControl(["Cache-Control": line.replacing("no-cache", with: "private")])
        #expect(private_.isPrivate == isUnqualified)
        #expect(private_.privateFields == names)
    }

    @Test(
        "a quotation mark that is never closed cannot hide anything: it is no-store",
        arguments: [
            "max-age=60, ext=\"abc", "\"", "private=\"a, max-age=60", "must-understand, ext=\"\\\"",
        ]
    )
    func refusesOpenQuotes(line: String) {
        let control = CacheControl(["Cache-Control": line])
        #expect(control.noStore)
        #expect(!control.mustUnderstand)
    }

    @Test("RFC 9111 §5.4: Pragma speaks for a request without Cache-Control")
    func readsPragma() {
        #expect(CacheControl.ofRequest(["Pragma": "no-cache"]).noCache)
        #expect(CacheControl.ofRequest(["Pragma": "x=\"y\", No-Cache"]).noCache)
        #expect(!CacheControl.ofRequest(["Pragma": "x=\"no-cache\""]).noCache)
        #expect(!CacheControl.ofRequest(["Pragma": "no-cache", "Cache-Control": "max-age=5"]).noCache)
        #expect(!CacheControl.ofRequest(["Cache-Control": "", "Pragma": "no-cache"]).noCache)
        #expect(!CacheControl.ofResponse(["Pragma": "no-cache"]).noCache)
        #expect(CacheControl.ofRequest([:]) == CacheControl())
    }

    private static let targeted: [(String, CacheControl)] = [
        ("max-age=60", control { ($0.maxAge, $0.isTargeted) = (60, true) }),
        ("max-age=60;x=1, no-store;y", control { ($0.maxAge, $0.noStore, $0.isTargeted) = (60, true, true) }),
        ("max-age=60, max-age=70", control { ($0.maxAge, $0.isTargeted) = (70, true) }),
        ("no-cache=\"set-cookie\"", control { ($0.noCacheFields, $0.isTargeted) = (["set-cookie"], true) }),
        ("no-store=?0, public=?1", control { ($0.isPublic, $0.isTargeted) = (true, true) }),
        ("max-age=1.5", control { ($0.maxAge, $0.isTargeted) = (0, true) }),
        ("max-age=-5", control { ($0.maxAge, $0.isTargeted) = (0, true) }),
        ("max-age", control { ($0.maxAge, $0.isTargeted) = (0, true) }),
        ("max-age=\"60\"", control { ($0.maxAge, $0.isTargeted) = (0, true) }),
        ("s-maxage=(60)", control { ($0.sharedMaxAge, $0.isTargeted) = (0, true) }),
        ("max-age=60; private", control { ($0.maxAge, $0.isTargeted) = (60, true) }),
        ("unknown", control { $0.isTargeted = true }),
    ]

    @Test("RFC 9213 §2.1: a valid CDN-Cache-Control stands instead of Cache-Control", arguments: targeted)
    func readsTargetedField(line: String, expected: CacheControl) {
        let fields: FieldSection = ["Cache-Control": "private, max-age=1", "CDN-Cache-Control": line]
        #expect(CacheControl.ofResponse(fields) == expected)
    }

    @Test(
        "RFC 9213 §2.1: one that is empty or malformed is as if it were not there",
        arguments: [
            "", "  ", "max-age=60,", "Max-Age=60", "max-age=", "max-age= 60", "max-age=60s x",
            "no-cache=\"a", "\"max-age\"", "max-age=60 no-store",
        ]
    )
    func ignoresMalformedTargetedField(line: String) {
        let fields: FieldSection = ["Cache-Control": "max-age=1", "CDN-Cache-Control": line]
        #expect(CacheControl.ofResponse(fields) == Self.control { $0.maxAge = 1 })
    }

    @Test(
        "RFC 9213 §2.2: the first targeted field that can be read counts, and no other",
        arguments: [
            (["CDN-Cache-Control": "no-store", "Weir-Cache-Control": "max-age=60"], 60),
            (["Weir-Cache-Control": "max-age=60", "Cache-Control": "max-age=1"], 60),
            (["Weir-Cache-Control": "&", "CDN-Cache-Control": "max-age=60"], 60),
            (["Weir-Cache-Control": "", "CDN-Cache-Control": "a,", "Cache-Control": "max-age=1"], 1),
        ] as [(FieldSection, Int64)]
    )
    func choosesTargetedField(fields: FieldSection, maxAge: Int64) {
        let control = CacheControl.ofResponse(fields)
        #expect(control.maxAge == maxAge && !control.noStore)
    }

    @Test("RFC 9213 §2.1: the lines of a targeted field are one dictionary")
    func joinsTargetedLines() {
        let fields: FieldSection = ["CDN-Cache-Control": "max-age=60", "cdn-cache-control": "public"]
        #expect(
            CacheControl.ofResponse(fields)
                == Self.control { ($0.maxAge, $0.isPublic, $0.isTargeted) = (60, true, true) }
        )
    }
}
