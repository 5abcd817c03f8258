import NIOCore
import Testing
import WeirCache
import WeirHTTP

@testable import WeirProxy

@Suite struct FieldTests {
    @Test("tags of the app's response, by spaces and by commas, over several lines")
    func surrogateTags() {
        let fields = fieldSection(
            ("Surrogate-Key", "a  b\tc"),
            ("Cache-Tag", "d, e f ,,g"),
            ("Surrogate-Key", "h"),
            ("Surrogate-Key", "")
        )
        #expect(SurrogateTags.read(fields) == ["a", "b", "c", "h", "d", "e f", "g"])
        #expect(SurrogateTags.read(FieldSection()).isEmpty)
    }

    @Test("numbers in decimal", arguments: [0, 9, 10, 1_234_567_890, Int64.max, -1, .min])
    func decimal(number: Int64) {
        var buffer = ByteBuffer()
        buffer.writeDecimal(number)
        #expect(String(buffer: buffer) == String(number))
    }

    @Test("Date is written again when the time has come")
    func date() {
        var dates = DateCache()
        let clocks = Clocks(monotonic: { .now() }, wall: { UnixTime(seconds: 784_111_777) })
        dates.refresh(clocks, now: .uptimeNanoseconds(1))
        #expect(String(buffer: dates.line) == "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n")
        let later = Clocks(monotonic: { .now() }, wall: { UnixTime(seconds: 784_111_778) })
        dates.refresh(later, now: .uptimeNanoseconds(200_000_000))
        #expect(dates.wall == UnixTime(seconds: 784_111_777))
        dates.refresh(later, now: .uptimeNanoseconds(250_000_001))
        #expect(String(buffer: dates.line) == "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n")
    }
}
