import NIOCore
import Testing
import WeirHTTP

@Suite("Entity tags")
struct EntityTagTests {
    private static func tag(_ text: String) throws -> EntityTag { try #require(EntityTag(text.utf8)) }

    private static func text(_ tag: EntityTag) -> String {
        var buffer = ByteBuffer()
        tag.write(into: &buffer)
        return String(buffer: buffer)
    }

    @Test(
        "RFC 9110 §8.8.3: tags are read and written alike",
        arguments: [
            ("\"\"", false, ""), ("\"abc\"", false, "abc"), ("W/\"abc\"", true, "abc"), ("W/\"\"", true, ""),
            ("\"a\\\"", false, "a\\"), ("\"a,b'c\"", false, "a,b'c"), ("\"ü\"", false, "ü"), ("\"W/x\"", false, "W/x"),
        ]
    )
    func reads(text: String, isWeak: Bool, opaque: String) throws {
        let tag = try Self.tag(text)
        #expect(tag == EntityTag(isWeak: isWeak, opaque: Array(opaque.utf8)))
        #expect(Self.text(tag) == text)
    }

    @Test(
        "RFC 9110 §8.8.3: what is no tag is none",
        arguments: [
            "", "abc", "\"", "\"abc", "abc\"", "w/\"abc\"", "W/abc", "W/", "W/\"", "W\"abc\"", "W/ \"abc\"", "\"a\"b\"",
            "\"a b\"", "\"a\tb\"", "\"a\u{7F}\"", " \"abc\"", "\"abc\" ", "\"a\", \"b\"", "*", "'abc'",
        ]
    )
    func refuses(text: String) {
        #expect(EntityTag(text.utf8) == nil)
    }

    @Test(
        "RFC 9110 §8.8.3.2: the two comparisons",
        arguments: [
            ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false),
            ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "\"1\"", true, true), ("\"1\"", "\"2\"", false, false),
        ]
    )
    func compares(left: String, right: String, isStrong: Bool, isWeak: Bool) throws {
        let (left, right) = (try Self.tag(left), try Self.tag(right))
        #expect(EntityTag.strongEqual(left, right) == isStrong)
        #expect(EntityTag.weakEqual(left, right) == isWeak)
    }

    @Test(
        "RFC 9110 §8.8.3.3: a strong tag is of one form, a weak one of all",
        arguments: [
            ("\"abc\"", ContentCoding.gzip, "\"abc-gzip\""), ("\"abc\"", .identity, "\"abc-identity\""),
            ("\"\"", .gzip, "\"-gzip\""), ("W/\"abc\"", .gzip, "W/\"abc\""), ("W/\"abc\"", .identity, "W/\"abc\""),
        ]
    )
    func suffixes(text: String, coding: ContentCoding, expected: String) throws {
        #expect(Self.text(try Self.tag(text).suffixed(coding)) == expected)
    }

    @Test(
        "the suffix comes off again, also where somebody has weakened the tag",
        arguments: [
            ("\"abc-gzip\"", ContentCoding.gzip, "\"abc\""), ("W/\"abc-gzip\"", .gzip, "W/\"abc\""),
            ("\"abc-gzip\"", .identity, "\"abc-gzip\""), ("\"abc-identity\"", .identity, "\"abc\""),
            ("\"abc-gzip-identity\"", .identity, "\"abc-gzip\""), ("\"abc\"", .gzip, "\"abc\""),
            ("\"-gzip\"", .gzip, "\"\""), ("\"gzip\"", .gzip, "\"gzip\""),
        ]
    )
    func strips(text: String, coding: ContentCoding, expected: String) throws {
        #expect(Self.text(try Self.tag(text).strippingSuffix(of: coding)) == expected)
    }

    @Test(
        "a field that goes upstream names upstream's own tags",
        arguments: [
            ("\"abc-gzip\"", "\"abc\""), ("W/\"abc-gzip\"", "W/\"abc\""), ("\"abc-identity\"", "\"abc\""),
            ("\"a-gzip\", W/\"b-identity\" ,\"c\"", "\"a\", W/\"b\" ,\"c\""), ("*", "*"), ("", ""),
            ("abc-gzip", "abc-gzip"),
            ("\"a-gzip\", \"b-gzip", "\"a\", \"b-gzip"), ("\"a\\\", \"b-gzip\"", "\"a\\\", \"b\""),
            ("\"-gzip\"", "\"\""),
            ("\"a-gzip-gzip\"", "\"a-gzip\""), ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("\"a, b-gzip\"", "\"a, b\""), ("\"\"", "\"\""),
        ]
    )
    func stripsFieldValues(value: String, expected: String) {
        #expect(String(decoding: EntityTag.strippingCodingSuffixes(value.utf8), as: UTF8.self) == expected)
    }
}
