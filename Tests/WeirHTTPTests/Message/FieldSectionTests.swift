import NIOCore
import Testing
import WeirHTTP

@Suite("Field sections")
struct FieldSectionTests {
    /// A section as the decoder makes it, from lines of a head.
    private func parsed(_ lines: String) throws -> FieldSection {
        var decoder = RequestDecoder()
        var buffer = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n")
        guard case .head(let head) = try decoder.decode(&buffer) else { throw MessageError(400, "there is no head") }
        var fields = head.fields
        fields.removeAll(.host)
        return fields
    }

    private func written(_ section: FieldSection, skipping: FieldNameSet = []) -> String {
        var buffer = ByteBuffer()
        section.write(into: &buffer, skipping: skipping)
        return String(buffer: buffer)
    }

    @Test("Fields are found by known and unknown names in any case")
    func finding() throws {
        let fields = try parsed("accept: a\r\nX-Thing: 1\r\nACCEPT: b\r\nx-thing: 2\r\nX-Thin: 3")
        #expect(fields.string(.accept) == "a")
        #expect(fields.values(.accept).map { String(decoding: $0, as: UTF8.self) } == ["a", "b"])
        #expect(fields.string(named: "X-THING") == "1")
        #expect(fields.values(named: "x-Thing").map { String(decoding: $0, as: UTF8.self) } == ["1", "2"])
        #expect(fields.values(named: "Accept").count == 2)
        #expect(fields.string(named: "x-missing") == nil)
        #expect(fields.count(of: .accept) == 2)
        #expect(fields.contains(.accept) && !fields.contains(.age))
    }

    @Test("Fields are added, set and removed")
    func changing() throws {
        var fields = try parsed("A: 1\r\nAccept: b\r\na: 2\r\nB: 3")
        fields.set(.accept, "c")
        fields.append(named: "X-New", "d")
        fields.removeAll(named: "A")
        #expect(written(fields) == "B: 3\r\nAccept: c\r\nX-New: d\r\n")
        fields.removeAll(named: "ACCEPT")
        #expect(written(fields) == "B: 3\r\nX-New: d\r\n")
    }

    @Test(
        "Lines are written in one form, whatever theirs was",
        arguments: [
            ("A: b", "A: b\r\n"), ("A:b", "A: b\r\n"), ("A:  b", "A: b\r\n"), ("A: b ", "A: b\r\n"),
            ("A:\tb", "A: b\r\n"),
            ("A:", "A: \r\n"), ("A: ", "A: \r\n"), ("A: b\r\nC:d\r\nE: f\r\nG: h", "A: b\r\nC: d\r\nE: f\r\nG: h\r\n"),
            ("A: b\r\nC: d \r\nE:  f\r\nG: h", "A: b\r\nC: d\r\nE: f\r\nG: h\r\n"),
        ]
    )
    func writing(lines: String, expected: String) throws {
        #expect(written(try parsed(lines)) == expected)
    }

    @Test("Lines that are skipped are not written, wherever they stand")
    func skipping() throws {
        let fields = try parsed("TE: x\r\nA: b\r\nTE: x\r\nC: d\r\nE: f\r\nTE: x")
        #expect(written(fields, skipping: [.te]) == "A: b\r\nC: d\r\nE: f\r\n")
        #expect(written(fields, skipping: [.te, .other]) == "")
    }

    @Test("A compacted copy is the same in bytes of its own")
    func compacting() throws {
        var fields = try parsed("A: b\r\nTE: x\r\nC:d")
        fields.removeAll(.te)
        let copy = fields.compacted()
        #expect(copy == fields)
        #expect(String(buffer: copy.storage) == "A: b\r\nC: d\r\n")
    }

    @Test(
        "What is written out whole is read back as it was",
        arguments: ["", "A: b", "A:b\r\nb:  c: d \r\nX-Empty:\r\nDate: x"]
    )
    func readingBack(lines: String) throws {
        let fields = try parsed(lines)
        var text = ByteBuffer(string: "before")
        text.writeImmutableBuffer(fields.written())
        // Wherever it lies in its buffer.
        text.moveReaderIndex(forwardBy: 6)
        let back = FieldSection(written: text)
        #expect(back == fields && back.lines.map(\.name) == fields.lines.map(\.name))
        #expect(back.written() == fields.written())
    }

    @Test("No value can end its line")
    func injection() {
        var fields = FieldSection()
        fields.append(.etag, "a\r\nSet-Cookie: b\u{0}c\td")
        #expect(written(fields) == "ETag: a  Set-Cookie: b c\td\r\n")
    }

    @Test(
        "A list's members are split at commas outside quoted strings",
        arguments: [
            ("", []), (",", []), (" , ,", []), ("a", ["a"]), ("a,b", ["a", "b"]), (" a ,\tb\t,, c", ["a", "b", "c"]),
            ("\"a,b\",c", ["\"a,b\"", "c"]), ("a=\"b\\\",c\", d", ["a=\"b\\\",c\"", "d"]), ("\"a,b", ["\"a,b"]),
            ("\"a\\", ["\"a\\"]), ("W/\"1\", \"2\"", ["W/\"1\"", "\"2\""]), ("a\\,b", ["a\\", "b"]),
        ] as [(String, [String])]
    )
    func lists(value: String, expected: [String]) throws {
        let members = try parsed("If-None-Match: \(value)").listMembers(.ifNoneMatch)
        #expect(members.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test("A list goes on over all lines of its name")
    func listOverLines() throws {
        let members = try parsed("Via: a, b\r\nVary: x\r\nvia: c").listMembers(.via)
        #expect(members.map { String(decoding: $0, as: UTF8.self) } == ["a", "b", "c"])
    }
}
