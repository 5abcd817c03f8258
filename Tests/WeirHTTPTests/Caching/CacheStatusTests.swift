import NIOCore
import Testing
import WeirHTTP

@Suite("Cache-Status")
struct CacheStatusTests {
    private static let examples: [(CacheStatus, String)] = [
        (CacheStatus(), "weir"),
        (CacheStatus(isHit: true, timeToLive: 42), "weir; hit; ttl=42"),
        (CacheStatus(isHit: true, timeToLive: -5), "weir; hit; ttl=-5"),
        (CacheStatus(isHit: true, forward: .stale), "weir; hit"),
        (CacheStatus(forward: .uriMiss, isStored: true), "weir; fwd=uri-miss; stored"),
        (CacheStatus(forward: .stale, forwardStatus: 304), "weir; fwd=stale; fwd-status=304"),
        (CacheStatus(forward: .uriMiss, isCollapsed: true), "weir; fwd=uri-miss; collapsed"),
        (
            CacheStatus(
                forward: .varyMiss,
                forwardStatus: 200,
                timeToLive: 60,
                isStored: true,
                isCollapsed: true,
                detail: "x"
            ), "weir; fwd=vary-miss; fwd-status=200; ttl=60; stored; collapsed; detail=x"
        ),
        (CacheStatus(forward: .bypass, detail: "no-store"), "weir; fwd=bypass; detail=no-store"),
        (CacheStatus(detail: "a:b/c*"), "weir; detail=a:b/c*"),
        (CacheStatus(detail: "*"), "weir; detail=*"),
        (CacheStatus(detail: "5xx"), "weir; detail=\"5xx\""),
        (CacheStatus(detail: "-a"), "weir; detail=\"-a\""),
        (CacheStatus(detail: ""), "weir; detail=\"\""),
        (CacheStatus(detail: "a \"b\" \\c"), "weir; detail=\"a \\\"b\\\" \\\\c\""),
        (CacheStatus(detail: "für\r\nX: y"), "weir; detail=\"f?r??X: y\""),
        (CacheStatus(timeToLive: .max), "weir; ttl=999999999999999"),
        (CacheStatus(timeToLive: .min), "weir; ttl=-999999999999999"),
    ]

    @Test("RFC 9211 §2: what happened, in one order", arguments: examples)
    func writes(status: CacheStatus, expected: String) {
        var buffer = ByteBuffer()
        status.write(into: &buffer)
        #expect(String(buffer: buffer) == expected)
    }

    @Test("RFC 9211 §2.2: the reasons for going forward")
    func namesReasons() {
        #expect(
            CacheStatus.Forward.allCases.map(\.rawValue) == [
                "uri-miss", "vary-miss", "miss", "request", "stale", "partial", "bypass", "method",
            ]
        )
    }

    @Test("every reason not to store is a token")
    func writesReasons() {
        for reason in NoStoreReason.allCases {
            var buffer = ByteBuffer()
            CacheStatus(forward: .uriMiss, detail: reason.rawValue).write(into: &buffer)
            #expect(String(buffer: buffer) == "weir; fwd=uri-miss; detail=\(reason.rawValue)")
        }
    }
}
