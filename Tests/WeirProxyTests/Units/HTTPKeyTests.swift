import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirUpstream

@testable import WeirProxy

@Suite struct HTTPKeyTests {
    private func key(
        _ target: String,
        host: String = "a.test",
        upstream: String = "app",
        method: String = "GET",
        isSecure: Bool = false,
        fields: [(String, String)] = [],
        _ settings: KeySettings = KeySettings()
    ) throws -> CacheKey {
        try whole(target, host: host, upstream: upstream, method: method, isSecure: isSecure, fields: fields, settings)
            .entry
    }

    private func whole(
        _ target: String,
        host: String = "a.test",
        upstream: String = "app",
        method: String = "GET",
        isSecure: Bool = false,
        fields: [(String, String)] = [],
        _ settings: KeySettings
    ) throws -> HTTPKey {
        var head = try requestHead(method, target, ("Host", host))
        for (name, value) in fields { head.fields.append(named: name, value) }
        return HTTPKey(
            upstream: upstream,
            isSecure: isSecure,
            head: head,
            settings: settings,
            builder: CacheKeyBuilder()
        )
    }

    @Test("what must differ does")
    func differs() throws {
        let keys = [
            try key("/a"), try key("/b"), try key("/a?"), try key("/a?b"), try key("/a?B"), try key("/a?x=1&y=2"),
            try key("/a?y=2&x=1"), try key("/a%2fb"), try key("/a/b"), try key("/a%2Fb"), try key("/A"), try key("/a/"),
            try key("/a", host: "b.test"), try key("/a", host: "a.test:81"), try key("/a", upstream: "other"),
            try key("/a;b"), try key("/a/.../a"), try key("/a", isSecure: true), try key("/a", host: "a.test:443"),
            try key("/a", host: "a.test:80", isSecure: true), try key("/a", host: "a.test:8080"),
            try key("/a", host: "[::80]"),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test("what must share does")
    func shares() throws {
        let own = try key("/a?b")
        #expect(try key("/a?b", host: "A.TEST") == own)
        #expect(try key("/a?b", method: "HEAD") == own)
        #expect(try key("http://a.test/a?b") == own)
        // RFC 9110 §4.2.3: the scheme's own port.
        #expect(try key("/a?b", host: "A.test:80") == own)
        #expect(try key("/a", host: "[::80]:80") == key("/a", host: "[::80]"))
        #expect(try key("/a", host: "a.test:443", isSecure: true) == key("/a", isSecure: true))
    }

    @Test(
        "the part of the query that counts",
        arguments: [
            (.all, false, "b=2&a=1", "b=2&a=1"), (.all, false, "", ""), (.all, false, "&&", "&&"),
            (.all, true, "b=2&a=1", "a=1&b=2"), (.all, true, "a=2&b&a=1", "a=2&a=1&b"), (.all, true, "&b&&a&", "a&b"),
            (.all, true, "a1=&a=1", "a=1&a1="), (.all, true, "", nil), (.none, false, "a=1", nil),
            (.none, true, "", nil), (.only(["a", "c"]), false, "c=3&b=2&a=1&a=0", "c=3&a=1&a=0"),
            (.only(["a", "c"]), true, "c=3&b=2&a=1&a=0", "a=1&a=0&c=3"), (.only(["a"]), false, "b=1", nil),
            (.only(["a"]), false, "A=1&%61=1&ab=1&a", "a"), (.only([]), false, "a=1", nil),
            (.only(["all"]), false, "all=1&a=2", "all=1"),
        ] as [(KeySettings.Query, Bool, String, String?)]
    )
    func query(query: KeySettings.Query, sorts: Bool, given: String, kept: String?) throws {
        let settings = KeySettings(query: query, sortsQuery: sorts)
        let head = try requestHead("GET", "/a?\(given)", ("Host", "a.test"))
        let made = KeyedQuery.make(head.query, by: settings).map { String(decoding: $0, as: UTF8.self) }
        #expect(made == kept)
        #expect(try key("/a?\(given)", settings) == key("/a" + (kept.map { "?\($0)" } ?? "")))
        // The upstream sees no more than that.
        let upstream = UpstreamURL(scheme: .http, host: "o", port: 1, basePath: "/base")
        let target = UpstreamTarget.make(head, keyedBy: settings, upstream: upstream)
        #expect(String(buffer: target) == "/base/a" + (kept.map { "?\($0)" } ?? ""))
    }

    @Test("fields and cookies that are named tell requests apart, others do not")
    func fields() throws {
        let settings = KeySettings(headers: ["X-Tenant", "Accept-Language"], cookies: ["kind", "currency"])
        let apart: [[(String, String)]] = [
            [], [("X-Tenant", "a")], [("X-Tenant", "b")], [("X-Tenant", "")], [("Accept-Language", "a")],
            [("X-Tenant", "a"), ("X-Tenant", "b")], [("X-Tenant", "ab")],
            [("X-Tenant", "a"), ("Accept-Language", "b")],
            [("Cookie", "kind=a")], [("Cookie", "kind=")], [("Cookie", "currency=a")],
            [("Cookie", "kind=a; currency=a")], [("Cookie", "kind=a"), ("X-Tenant", "a")],
            [("Cookie", "kind=a; kind=b")], [("Cookie", "kind=b; kind=a")], [("Cookie", "kind =c")],
            [("X-Tenant", "a"), ("x_tenant", "c")],
        ]
        let keys = try apart.map { try key("/a", fields: $0, settings) }
        #expect(Set(keys).count == apart.count)
        let same: [[(String, String)]] = [
            [("x-tenant", "a")], [("X-Tenant", "a"), ("X-Other", "b")],
            [("X-Tenant", "a"), ("Cookie", "Kind=a; kinds=b")],
        ]
        for fields in same { #expect(try key("/a", fields: fields, settings) == keys[1]) }
        let cookies = ["x=y; kind=a;currency=b", "currency=b;\tkind=a; Kind=c"]
        #expect(Set(try cookies.map { try key("/a", fields: [("Cookie", $0)], settings) }).count == 1)
        #expect(
            try key("/a", fields: [("Cookie", "currency=b"), ("cookie", "kind=a")], settings)
                == key("/a", fields: [("Cookie", cookies[0])], settings)
        )
        // The URL is one for all of them.
        let whole = try apart.map { try self.whole("/a", fields: $0, settings) }
        #expect(Set(whole.map(\.url)).count == 1 && Set(whole.map(\.urlTag)).count == 1 && whole[0].urlTag != nil)
        #expect(try self.whole("/a", KeySettings()).urlTag == nil)
    }
}
