import Testing
import WeirHTTP

@Suite("Accept-Encoding")
struct AcceptEncodingTests {
    private static let table: [(String, ContentCoding?)] = [
        ("", .identity), (" ", .identity), (" , ,", .identity), ("identity", .identity), ("br", .identity),
        ("gzip", .gzip), ("GZip", .gzip), ("x-gzip", .gzip), ("gzip, deflate, br, zstd", .gzip), ("br,gzip", .gzip),
        ("deflate, br", .identity), ("gzipp", .identity), ("gzi", .identity), ("*", .gzip),
        ("gzip;q=1", .gzip), ("gzip;q=1.", .gzip), ("gzip;q=1.0", .gzip), ("gzip;q=1.000", .gzip),
        ("gzip;Q=0.5", .gzip),
        ("gzip ; q=0.5", .gzip), ("gzip\t;\tq=0.001", .gzip), ("gzip;q=0.", .identity),
        ("gzip;q=0", .identity), ("gzip;q=0.0", .identity), ("gzip;q=0.000", .identity),
        ("identity, gzip", .gzip), ("identity;q=0.5, gzip;q=0.5", .gzip), ("identity;q=0.5, gzip;q=0.4", .identity),
        ("identity;q=0.001, gzip;q=0.002", .gzip), ("identity, gzip;q=0.999", .identity),
        ("*;q=0.5", .gzip), ("*, gzip;q=0.5", .identity), ("gzip;q=0, *", .identity), ("*;q=0.1, gzip", .gzip),
        ("br, *;q=0", nil), ("*;q=0", nil), ("identity;q=0", nil), ("identity;q=0, br", nil),
        ("gzip, identity;q=0", .gzip), ("gzip, *;q=0", .gzip), ("identity, *;q=0", .identity),
        ("gzip;q=0, identity;q=0, br", nil), ("*;q=0, identity;q=0.5", .identity),
        ("gzip, gzip;q=0", .gzip), ("gzip;q=0, gzip", .identity), ("x-gzip;q=0, gzip", .identity),
    ]

    @Test("RFC 9110 §12.5.3: the heaviest coding, of equals ours first, identity by silence last", arguments: table)
    func prefers(value: String, expected: ContentCoding?) {
        #expect(AcceptEncoding.preferred(["Accept-Encoding": value], among: [.gzip, .identity]) == expected)
    }

    @Test(
        "RFC 9110 §12.4.2: a member whose weight is malformed is passed over",
        arguments: [
            "gzip;q=1.001", "gzip;q=2", "gzip;q=0.0001", "gzip;q=-1", "gzip;q=.5", "gzip;q=", "gzip;q", "gzip;",
            "gzip;q=a",
            "gzip;q=0.5x", "gzip;q =0.5", "gzip;q= 0.5", "gzip;x=1", "gzip;q=1;x=1", "gzip;q=1.0000", "gzip;q=\"1\"",
            "gzip;q=10", "gzip;q=00", "gzip q=1", "gzip;level=1;q=1",
        ]
    )
    func passesOverMalformedWeights(value: String) {
        #expect(AcceptEncoding.preferred(["Accept-Encoding": value], among: [.gzip, .identity]) == .identity)
        #expect(
            AcceptEncoding.preferred(["Accept-Encoding": "\(value), gzip;q=0.1"], among: [.gzip, .identity]) == .gzip
        )
    }

    @Test("a client that says nothing gets identity")
    func answersSilence() {
        #expect(AcceptEncoding.preferred([:], among: [.gzip, .identity]) == .identity)
        #expect(!AcceptEncoding.accepts(.gzip, [:]))
        #expect(AcceptEncoding.accepts(.identity, [:]))
    }

    @Test("of equals the first that is offered is taken")
    func breaksTies() {
        let request: FieldSection = ["Accept-Encoding": "gzip, identity"]
        #expect(AcceptEncoding.preferred(request, among: [.gzip, .identity]) == .gzip)
        #expect(AcceptEncoding.preferred(request, among: [.identity, .gzip]) == .identity)
        #expect(AcceptEncoding.preferred(request, among: [.identity]) == .identity)
        #expect(AcceptEncoding.preferred(request, among: []) == nil)
        #expect(AcceptEncoding.preferred(["Accept-Encoding": "br"], among: [.gzip]) == nil)
    }

    @Test("lines are one list")
    func joinsLines() {
        let request: FieldSection = ["Accept-Encoding": "br", "accept-encoding": "gzip, identity;q=0"]
        #expect(AcceptEncoding.preferred(request, among: [.identity, .gzip]) == .gzip)
    }

    @Test(
        "what is acceptable, whatever is preferred",
        arguments: [
            ("gzip", true, true), ("gzip;q=0", false, true), ("gzip;q=0.001", true, true), ("*", true, true),
            ("*;q=0", false, false), ("identity", false, true), ("identity;q=0, gzip", true, false), ("", false, true),
            ("br, *;q=0.1", true, true), ("*;q=0, gzip", true, false),
        ]
    )
    func accepts(value: String, gzip: Bool, identity: Bool) {
        #expect(AcceptEncoding.accepts(.gzip, ["Accept-Encoding": value]) == gzip)
        #expect(AcceptEncoding.accepts(.identity, ["Accept-Encoding": value]) == identity)
    }
}
