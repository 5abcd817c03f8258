import NIOCore
import Testing
import WeirHTTP

@Suite("Stored fields")
struct StoredFieldsTests {
    @Test(
        "RFC 9111 §3.1: what belongs to one connection, transfer or client is not stored",
        arguments: [
            (["Content-Type": "a/b", "Connection": "close", "X-A": "1"], ["Content-Type": "a/b", "X-A": "1"]),
            (["Connection": "X-A, keep-alive", "x-a": "1", "X-B": "2", "Keep-Alive": "5"], ["X-B": "2"]),
            (["Connection": "x-a", "connection": "Warning", "X-A": "1", "Warning": "2", "X-C": "3"], ["X-C": "3"]),
            (
                ["Transfer-Encoding": "chunked", "TE": "x", "Trailer": "y", "Upgrade": "z", "Via": "1.1 a"],
                ["Via": "1.1 a"]
            ),
            (
                ["Proxy-Connection": "x", "Proxy-Authenticate": "y", "Proxy-Authentication-Info": "z", "Vary": "b"],
                ["Vary": "b"]
            ),
            (["Proxy-Authorization": "x", "proxy-anything": "y", "Proxying": "z"], ["Proxying": "z"]),
            (["Age": "5", "Content-Length": "3", "Date": "d", "x-should-retry": "false"], ["Date": "d"]),
            (["Cache-Status": "origin; hit", "ETag": "\"a\""], ["Cache-Status": "origin; hit", "ETag": "\"a\""]),
            (
                ["Cache-Control": "no-cache=\"Set-Cookie, X-A\"", "Set-Cookie": "a=b", "x-a": "1", "X-B": "2"],
                ["Cache-Control": "no-cache=\"Set-Cookie, X-A\"", "X-B": "2"]
            ),
            (
                ["Cache-Control": "private=X-A", "X-A": "1", "Server": "s"],
                ["Cache-Control": "private=X-A", "Server": "s"]
            ),
            (["X-A": "1", "X-A": "2", "Link": "a", "link": "b"], ["X-A": "1", "X-A": "2", "Link": "a", "Link": "b"]),
            // An answer without these would be another answer.
            (
                ["Connection": "Content-Type, ETag, Cache-Control", "Content-Type": "a/b", "ETag": "\"a\""],
                ["Content-Type": "a/b", "ETag": "\"a\""]
            ),
        ] as [(FieldSection, FieldSection)]
    )
    func drops(response: FieldSection, expected: FieldSection) {
        #expect(StoredFields.storable(response) == expected)
    }

    @Test("the copy holds its own bytes and no others")
    func compacts() {
        var storage = ByteBuffer(string: "HTTP/1.1 200 OK\r\nX-A: 1\r\nAge: 5\r\n\r\n")
        storage.writeRepeatingByte(0, count: 4096)
        let response = FieldSection(
            storage: storage,
            lines: [
                FieldLine(name: .other, nameStart: 17, nameLength: 3, valueStart: 22, valueLength: 1),
                FieldLine(name: .age, nameStart: 25, nameLength: 3, valueStart: 30, valueLength: 1),
            ]
        )
        let stored = StoredFields.storable(response)
        #expect(String(buffer: stored.storage) == "X-A: 1\r\n")
        #expect(stored.storage.capacity < 256)
    }

    @Test(
        "RFC 9111 §3.2: a 304 replaces the fields that it brings",
        arguments: [
            (["Date": "1", "X-A": "1"], ["Date": "2"], ["X-A": "1", "Date": "2"]),
            (["X-A": "1", "X-A": "2", "X-B": "3"], ["x-a": "4"], ["X-B": "3", "x-a": "4"]),
            (["X-A": "1"], ["X-A": "2", "X-A": "3"], ["X-A": "2", "X-A": "3"]),
            (["X-A": "1"], ["X-B": "2", "Age": "9", "Connection": "X-B"], ["X-A": "1"]),
            (["Cache-Control": "max-age=1"], ["Cache-Control": "max-age=2"], ["Cache-Control": "max-age=2"]),
            (["X-A": "1"], ["Content-Length": "0", "Content-Encoding": "gzip", "Content-Range": "x"], ["X-A": "1"]),
            (["Content-Type": "a/b"], ["Content-Type": "text/html"], ["Content-Type": "a/b"]),
            ([:], ["Content-Type": "text/html"], ["Content-Type": "text/html"]),
            (["ETag": "\"a\""], ["ETag": "W/\"a\"", "Date": "2"], ["ETag": "\"a\"", "Date": "2"]),
            (["ETag": "\"a\""], ["ETag": "\"b\""], ["ETag": "\"b\""]),
            (["ETag": "\"a\""], ["ETag": "junk"], ["ETag": "\"a\""]),
            ([:], ["ETag": "\"a\""], ["ETag": "\"a\""]),
            (["X-A": "1"], ["Set-Cookie": "a=b"], ["X-A": "1"]),
            (
                ["X-A": "1"], ["Cache-Control": "private=\"x-a\"", "X-A": "2"],
                ["Cache-Control": "private=\"x-a\""]
            ),
            (
                ["X-A": "1", "X-B": "1"], ["Cache-Control": "no-cache=\"x-a\""],
                ["X-B": "1", "Cache-Control": "no-cache=\"x-a\""]
            ),
            (
                ["Cache-Control": "no-cache=\"x-a\""], ["X-A": "2"], ["Cache-Control": "no-cache=\"x-a\""]
            ),
            (["X-A": "1"], [:], ["X-A": "1"]),
        ] as [(FieldSection, FieldSection, FieldSection)]
    )
    func merges(stored: FieldSection, notModified: FieldSection, expected: FieldSection) {
        #expect(StoredFields.merged(stored: stored, with: notModified) == expected)
    }
}
