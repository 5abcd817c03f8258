import NIOCore
import Testing

@testable import WeirCache

@Suite("Cache keys")
struct CacheKeyTests {
    private let builder = CacheKeyBuilder()

    private func key(_ parts: [String?]) -> CacheKey {
        builder.begin()
        for part in parts {
            if let part { builder.add(part) } else { builder.addMissing() }
        }
        return builder.finish()
    }

    @Test("a key is SHA-256 over its framed parts")
    func digest() {
        // printf '\1\3\0\0\0\0\0\0\0GET\1\11\0\0\0\0\0\0\0a.example\0\1\0\0\0\0\0\0\0\0' | sha256sum
        #expect(
            key(["GET", "a.example", nil, ""]).description
                == "74f46836cfda0ccdcfa0ed8601b2d1a167b155d9aef35ae39a5c26d772f8af31"
        )
    }

    @Test(
        "lists of parts that read the same have different keys",
        arguments: [
            (["ab", "c"], ["a", "bc"]), (["a", "b"], ["ab"]), (["a", ""], ["a"]), ([nil], [""]), ([nil], []),
            (["a", nil], [nil, "a"]), (["\u{1}"], [""]), ([nil, nil], [nil]),
        ] as [([String?], [String?])]
    )
    func unambiguous(left: [String?], right: [String?]) {
        #expect(key(left) != key(right))
        #expect(key(left) == key(left))
    }

    @Test("a part is the same in whatever form it comes", arguments: [0, 1, 1014, 1015, 1016, 1024, 5000])
    func forms(length: Int) {
        let text = String(repeating: "x", count: length)
        let whole = key(["before", text, "after"])
        var padded = ByteBuffer(string: "??" + text + "??")
        padded.moveReaderIndex(forwardBy: 2)
        let forms: [(CacheKeyBuilder) -> Void] = [
            { $0.add(Array(text.utf8)) },
            { $0.add(text.utf8.lazy.map { $0 }) },
            { $0.add(padded.readableBytesView.dropLast(2)) },
        ]
        for add in forms {
            builder.begin()
            builder.add("before")
            add(builder)
            builder.add("after")
            #expect(builder.finish() == whole)
        }
    }

    @Test("a long part goes in whole")
    func long() {
        #expect(
            key([String(repeating: "x", count: 5000)]).description
                == "d8d46ad3073b096d037bfbc41626db9c5c7dcd7b578beab6089cf9d12cec8811"
        )
    }

    @Test("begin forgets what a key that was never finished had")
    func unfinished() {
        let expected = key(["a"])
        builder.begin()
        builder.add(String(repeating: "y", count: 3000))
        #expect(key(["a"]) == expected)
    }

    @Test("a key can be written and read")
    func hex() throws {
        let key = CacheKey(0x0123_4567_89ab_cdef, 0, .max, 1)
        #expect(key.description == "0123456789abcdef0000000000000000ffffffffffffffff0000000000000001")
        #expect(CacheKey(hex: key.description) == key)
        #expect(CacheKey(hex: key.description.uppercased()) == key)
    }

    @Test(
        "what is not 64 hexadecimal digits is no key",
        arguments: [
            "", "0", String(repeating: "0", count: 63), String(repeating: "0", count: 65),
            String(repeating: "0", count: 63) + "g", String(repeating: "é", count: 32),
            " " + String(repeating: "0", count: 63),
        ]
    )
    func notHex(text: String) {
        #expect(CacheKey(hex: text) == nil)
    }

    @Test(
        "an entity tag is 128 bits of the body's SHA-256, quoted",
        arguments: [("hello", "LPJNul-wow4m6Dsqxbning"), ("", "47DEQpj8HBSa-_TImW-5JA")]
    )
    func entityTag(text: String, tag: String) {
        #expect(String(buffer: Digest.entityTag(ByteBuffer(string: text))) == "\"\(tag)\"")
    }
}
