import NIOCore
import Testing
import WeirHTTP

@testable import WeirProxy

@Suite struct ResponseCodingTests {
    private func response(_ length: UInt64? = 5_000, _ fields: (String, String)...) -> ResponseHead {
        var section = fieldSection(("Content-Type", "text/plain"))
        for (name, value) in fields { section.append(named: name, value) }
        return ResponseHead(status: 200, framing: length.map { .length($0) } ?? .chunked, fields: section)
    }

    private func choice(_ response: ResponseHead, accepts: String, mayDecode: Bool = true, gzip: Bool = true) throws
        -> ResponseCoding
    {
        rules(mayDecode: mayDecode, compresses: gzip)
            .choose(response, for: try requestHead("GET", "/", ("Accept-Encoding", accepts)))
    }

    private func rules(mayDecode: Bool, compresses: Bool = true) -> CodingRules {
        CodingRules(settings: CompressionSettings(), compresses: compresses, mayDecode: mayDecode)
    }

    @Test("what is done to a body")
    func chooses() throws {
        #expect(try choice(response(), accepts: "gzip") == .compress(.gzip))
        #expect(try choice(response(nil), accepts: "gzip") == .compress(.gzip))
        #expect(try choice(response(), accepts: "gzip, deflate, br, zstd") == .compress(.brotli))
        #expect(try choice(response(), accepts: "gzip, zstd") == .compress(.zstd))
        #expect(try choice(response(), accepts: "br;q=0.5, gzip, zstd;q=0.9") == .compress(.gzip))
        #expect(try choice(response(), accepts: "identity, br;q=0.9") == .unchanged)
        #expect(try choice(response(), accepts: "br;q=0, zstd;q=0, *") == .compress(.gzip))
        #expect(try choice(response(), accepts: "") == .unchanged)
        #expect(try choice(response(1_023), accepts: "gzip") == .unchanged)
        #expect(try choice(response(), accepts: "gzip", gzip: false) == .unchanged)
        let coded = response(5_000, ("Content-Encoding", "GZIP"))
        #expect(try choice(coded, accepts: "gzip") == .unchanged)
        #expect(try choice(coded, accepts: "identity") == .decompress)
        #expect(try choice(coded, accepts: "identity", mayDecode: false) == .unchanged)
        #expect(try choice(response(5_000, ("Content-Encoding", "br")), accepts: "") == .unchanged)
        #expect(try choice(response(5_000, ("Content-Encoding", "gzip, gzip")), accepts: "") == .unchanged)
    }

    @Test("Vary is told wherever another client could get something else")
    func varies() {
        #expect(rules(mayDecode: false).varies(response()))
        #expect(!rules(mayDecode: false).varies(response(10)))
        let coded = response(10, ("Content-Encoding", "gzip"))
        #expect(rules(mayDecode: true).varies(coded))
        #expect(!rules(mayDecode: false).varies(coded))
    }

    @Test(
        "each coding has a tag of its own, but of one tag alone",
        arguments: [
            ("\"a\"", "\"a\"", "W/\"a-gzip\"", "\"a-identity\""), ("W/\"a\"", "W/\"a\"", "W/\"a\"", "W/\"a\""),
        ]
    )
    func tags(tag: String, unchanged: String, compressed: String, decompressed: String) {
        let fields = fieldSection(("ETag", tag))
        func text(_ coding: ResponseCoding) -> String? {
            coding.entityTag(fields).map {
                var buffer = ByteBuffer()
                $0.write(into: &buffer)
                return String(buffer: buffer)
            }
        }
        let made = [text(.unchanged), text(.compress(.gzip)), text(.decompress)]
        #expect(made == [unchanged, compressed, decompressed])
        #expect(ResponseCoding.compress(.gzip).entityTag(fieldSection(("ETag", "\"a\""), ("ETag", "\"b\""))) == nil)
        #expect(ResponseCoding.compress(.gzip).entityTag(fieldSection(("ETag", "a"))) == nil)
    }

    @Test(
        "a client that names the compressed form has that one",
        arguments: [
            ("\"a-gzip\"", true), ("W/\"a-gzip\"", true), ("\"x\", \"a-gzip\"", true), ("\"a\"", false),
            ("\"a\", \"a-gzip\"", false), ("*", false), ("", false),
        ]
    )
    func named(field: String, isCompressed: Bool) {
        let request = fieldSection(("If-None-Match", field))
        #expect(
            ResponseCoding.compress(.gzip).isNamed(by: request, of: fieldSection(("ETag", "\"a\""))) == isCompressed
        )
    }
}
