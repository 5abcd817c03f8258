import Testing
import WeirHTTP

@Suite("What is worth compressing")
struct CompressionPolicyTests {
    private static func applies(_ fields: FieldSection, status: UInt16 = 200, length: UInt64? = 4096) -> Bool {
        CompressionPolicy().applies(to: ResponseHead(status: status, fields: fields), length: length)
    }

    @Test(
        "types that shrink",
        arguments: [
            "text/plain", "text/html; charset=utf-8", "TEXT/CSS", "text/markdown", "text/javascript", "text/x-anything",
            "application/json", "application/json;charset=utf-8", "Application/JSON ; x=y", "application/javascript",
            "application/xml", "application/xhtml+xml", "application/rss+xml", "application/ld+json",
            "application/vnd.api+json",
            "application/problem+json", "image/svg+xml", "application/manifest+json", "application/wasm", "font/ttf",
            "font/otf",
            "application/vnd.ms-fontobject", "image/bmp", "image/x-icon", "model/gltf+json",
        ]
    )
    func appliesToTypes(type: String) {
        #expect(Self.applies(["Content-Type": type]))
    }

    @Test(
        "types that do not, or must not wait",
        arguments: [
            "text/event-stream", "Text/Event-Stream; charset=utf-8", "multipart/mixed",
            "multipart/form-data; boundary=x",
            "multipart/x+json", "image/png", "image/jpeg", "image/webp", "video/mp4", "audio/mpeg", "font/woff",
            "font/woff2",
            "application/zip", "application/gzip", "application/pdf", "application/octet-stream",
            "application/x-ndjson",
            "application/jsonx", "application/json-seq", "text/", "text", "", ";", "json",
        ]
    )
    func leavesTypes(type: String) {
        #expect(!Self.applies(["Content-Type": type]))
    }

    @Test(
        "a response says of itself that it may not be changed",
        arguments: [
            ["Content-Encoding": "gzip"], ["Content-Encoding": "br"], ["Content-Encoding": "identity"],
            ["Content-Range": "bytes 0-9/10"], ["Cache-Control": "no-transform"],
            ["Cache-Control": "public, No-Transform"],
            ["Cache-Control": "public", "cache-control": "no-transform"], ["CDN-Cache-Control": "no-transform"],
            ["CDN-Cache-Control": "max-age=5", "Cache-Control": "no-transform"], ["ETag": "abc"], ["ETag": "\"a b\""],
            ["ETag": "\"a\"", "etag": "\"b\""], ["ETag": ""], ["Digest": "x"], ["content-digest": "x"],
            ["Repr-Digest": "x"],
            ["Content-MD5": "x"], ["Content-Type": "text/html"],
        ] as [FieldSection]
    )
    func leaves(extra: FieldSection) {
        var fields: FieldSection = ["Content-Type": "application/json"]
        for line in extra.lines { fields.append(line, of: extra) }
        #expect(!Self.applies(fields))
    }

    @Test("other fields say nothing against it")
    func appliesBesideOtherFields() {
        #expect(
            Self.applies([
                "Content-Type": "application/json", "Cache-Control": "max-age=5", "CDN-Cache-Control": "max-age=9",
                "ETag": "W/\"a\"", "X-Digest": "x", "Vary": "Accept", "Content-Length": "4096",
            ])
        )
        #expect(!Self.applies([:]))
    }

    @Test(
        "RFC 9110 §15: statuses with a whole content",
        arguments: [
            (200, true), (201, true), (203, true), (400, true), (404, true), (500, true), (301, true),
            (100, false), (101, false), (204, false), (205, false), (206, false), (304, false),
        ] as [(UInt16, Bool)]
    )
    func judgesStatuses(status: UInt16, expected: Bool) {
        #expect(Self.applies(["Content-Type": "text/plain"], status: status) == expected)
    }

    @Test("short bodies are left, bodies of unknown length are not")
    func judgesLength() {
        let fields: FieldSection = ["Content-Type": "text/plain"]
        #expect(!Self.applies(fields, length: 0))
        #expect(!Self.applies(fields, length: 1023))
        #expect(Self.applies(fields, length: 1024))
        #expect(Self.applies(fields, length: .max))
        #expect(Self.applies(fields, length: nil))
        #expect(
            CompressionPolicy(minimumLength: 0).applies(to: ResponseHead(status: 200, fields: fields), length: 0)
        )
    }
}
