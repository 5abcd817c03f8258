import Testing
import WeirCache
import WeirHTTP

@testable import WeirProxy

@Suite struct HTTPKeyTests {
    private func key(_ target: String, host: String = "a.test", upstream: String = "app", method: String = "GET")
        throws -> CacheKey
    {
        HTTPKey.make(
            upstream: upstream,
            head: try requestHead(method, target, ("Host", host)),
            builder: CacheKeyBuilder()
        )
    }

    @Test("what must differ does")
    func differs() throws {
        let keys = [
            try key("/a"), try key("/b"), try key("/a?"), try key("/a?b"), try key("/a?B"), try key("/a?x=1&y=2"),
            try key("/a?y=2&x=1"), try key("/a%2fb"), try key("/a/b"), try key("/a%2Fb"), try key("/A"), try key("/a/"),
            try key("/a", host: "b.test"), try key("/a", host: "a.test:81"), try key("/a", upstream: "other"),
            try key("/a;b"), try key("/a/.../a"),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test("what must share does")
    func shares() throws {
        let own = try key("/a?b")
        #expect(try key("/a?b", host: "A.TEST") == own)
        #expect(try key("/a?b", method: "HEAD") == own)
        #expect(try key("http://a.test/a?b") == own)
    }
}
