import Testing
import WeirHTTP

@Suite struct ByteRangeSetTests {
    @Test(
        "RFC 9110 §14.1.2: what a Range names of ten bytes",
        arguments: [
            ("bytes=0-0", [0..<1]), ("bytes=0-9", [0..<10]), ("bytes=3-", [3..<10]), ("bytes=-3", [7..<10]),
            ("bytes=-99", [0..<10]), ("bytes=5-99", [5..<10]), ("BYTES=1-2", [1..<3]), ("bytes=00001-02", [1..<3]),
            ("bytes=5-18446744073709551615", [5..<10]), ("bytes=5-99999999999999999999999", [5..<10]),
            ("bytes=-99999999999999999999999", [0..<10]),
            // In the order of the request.
            ("bytes=8-9,0-1", [8..<10, 0..<2]), ("bytes= 0-1 ,\t4-5 , , 8-", [0..<2, 4..<6, 8..<10]),
            ("bytes=,0-1,", [0..<2]),
            // What overlaps or touches is one.
            ("bytes=0-1,2-3", [0..<4]), ("bytes=2-3,0-1", [0..<4]), ("bytes=0-5,3-8", [0..<9]),
            ("bytes=0-9,3-4", [0..<10]), ("bytes=8-9,0-1,1-2,5-5", [8..<10, 0..<3, 5..<6]),
            ("bytes=0-1,6-7,3-4,2-2", [0..<5, 6..<8]), ("bytes=6-7,0-0,2-2,1-1,-1", [6..<8, 0..<3, 9..<10]),
            ("bytes=0-,0-,0-,0-", [0..<10]),
            // What cannot be satisfied is left out.
            ("bytes=10-", []), ("bytes=-0", []), ("bytes=10-20,99-", []), ("bytes=10-,2-2", [2..<3]),
            ("bytes=18446744073709551615-", []), ("bytes=99999999999999999999999-", []),
        ] as [(String, [Range<Int>])]
    )
    func parts(value: String, parts: [Range<Int>]) throws {
        let ranges = try #require(ByteRangeSet(value.utf8, limit: 8))
        #expect(ranges.parts(ofLength: 10) == parts)
        #expect(ranges.parts(ofLength: 0) == [])
    }

    @Test(
        "RFC 9110 §14.2: a field that is not right as a whole is none",
        arguments: [
            "", "bytes", "bytes=", "bytes=,", "bytes= , ,", "bytes:0-1", "bytes =0-1", " bytes=0-1", "items=0-1",
            "byte=0-1", "bytess=0-1", "0-1", "bytes=-", "bytes=--1", "bytes=1", "bytes=1-0", "bytes=5-3,0-1",
            "bytes=0-1,5-3", "bytes=0-1,x", "bytes=a-b", "bytes=0x1-2", "bytes=+1-2", "bytes=1 -2", "bytes=1- 2",
            "bytes=1-2;3-4", "bytes=\"1-2\"", "bytes=1-2\u{0}", "bytes=1.0-2", "bytes=٣-٤", "bytes=0-1-2",
            "bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8",
        ]
    )
    func malformed(value: String) { #expect(ByteRangeSet(value.utf8, limit: 8) == nil) }

    @Test("as many ranges as may be are taken, and none where none may be")
    func limit() {
        #expect(ByteRangeSet("bytes=0-0,2-2".utf8, limit: 2)?.specs.count == 2)
        #expect(ByteRangeSet("bytes=0-0,2-2".utf8, limit: 1) == nil)
        #expect(ByteRangeSet("bytes=0-0".utf8, limit: 0) == nil)
    }
}
