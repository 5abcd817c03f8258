import NIOCore
import Testing

@testable import WeirProxy

@Suite("Warming lists")
struct WarmListTests {
    private func lines(_ bytes: ByteBuffer) -> [String] {
        WarmList(bytes).map { "\($0.number) \(String(buffer: $0.line))" }
    }

    @Test(
        "lines are counted from one, and those with nothing in them passed over",
        arguments: [
            ("", []), ("\n \r\n\t", []), ("a", ["1 a"]), ("a\n", ["1 a"]), ("a\nb", ["1 a", "2 b"]),
            ("\n\na\r\n \nb\n", ["3 a\r", "5 b"]),
        ]
    )
    func numbers(text: String, expected: [String]) {
        #expect(lines(ByteBuffer(string: text)) == expected)
    }

    @Test("a list is cut between its lines, whatever the size, and nothing is lost", arguments: 1...14)
    func parts(size: Int) {
        let text = "a\nbb\n\nccc\ndddddd"
        let parts = WarmList.parts(of: ByteBuffer(string: text), size: size)
        #expect(parts.map { String(buffer: $0.bytes) }.joined() == text)
        let numbered = parts.flatMap { part in
            WarmList(part.bytes).map { "\($0.number + part.linesBefore) \(String(buffer: $0.line))" }
        }
        #expect(numbered == ["1 a", "2 bb", "4 ccc", "5 dddddd"])
        for part in parts where part.bytes.readableBytes > size {
            #expect(WarmList(part.bytes).count { _ in true } == 1)
        }
    }

    @Test("of many failures the first are told, and all are counted")
    func failures() {
        var totals = WarmTotals()
        for line in 1...30 { totals.count(WarmOutcome(kind: .failed("500")), line: line) }
        totals.count(WarmOutcome(kind: .passed("no-store")), line: 31)
        #expect(totals.failed == 30 && totals.lines == 31 && totals.passed == ["no-store": 1])
        #expect(totals.failures.map(\.line) == Array(1...WarmTotals.toldFailures))
    }
}
