import NIOCore
import Testing
import WeirHTTP

@testable import WeirProxy

@Suite struct RoutePatternTests {
    @Test(
        "a pattern covers what lies at or under it, by whole segments",
        arguments: [
            ("/", "/", true), ("/", "/any/thing", true),
            ("/v1", "/v1", true), ("/v1", "/v1/", true), ("/v1", "/v1/models", true),
            ("/v1", "/v10", false), ("/v1", "/V1", false), ("/v1", "/", false), ("/v1", "v1", false),
            ("/courses/{id}", "/courses/7", true), ("/courses/{id}", "/courses/7/units", true),
            ("/courses/{id}", "/courses", false), ("/courses/{id}", "/courses/", false),
            ("/a/{x}/b", "/a/1/b", true), ("/a/{x}/b", "/a//b", false), ("/a/{x}/b", "/a/1/c", false),
            ("/a/b", "/a%2Fb", false), ("/a", "/%61", false), ("/a/", "/a", true), ("/a/..", "/a/..", true),
        ]
    )
    func matches(pattern: String, path: String, isMatch: Bool) {
        let bytes = Array(path.utf8)
        let found = RoutePattern(pattern).matches(bytes.span)
        #expect(found == isMatch)
    }

    @Test("captures are the segments as they were sent")
    func captures() {
        let pattern = RoutePattern("/a/{x}/b/{y}")
        #expect(pattern.captureNames == ["x", "y"])
        let captures = pattern.captures(ByteBuffer(string: "/a/1%2F2/b/;c/d").readableBytesView)
        #expect(captures.map(\.name) == ["x", "y"] && captures.map(\.value) == ["1%2F2", ";c"])
    }

    @Test(
        "tags are filled with what was captured",
        arguments: [
            ("course:{id}", "course:7"), ("{id}", "7"), ("plain", "plain"), ("{id}-{id}:{other}", "7-7:"),
            ("open {id", "open {id"), ("", ""),
        ]
    )
    func tags(template: String, tag: String) {
        #expect(TagTemplate(template).fill([("id", "7")]) == tag)
    }
}
