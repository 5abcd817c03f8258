import NIOCore
import WeirHTTP

/// The value of `Date`, formatted once a second.
struct DateCache {
    private(set) var wall = UnixTime(seconds: 0)
    /// `Date: …CRLF`.
    private(set) var line = ByteBuffer()
    private var validUntil = NIODeadline.uptimeNanoseconds(0)

    mutating func refresh(_ clocks: Clocks, now: NIODeadline) {
        guard now >= validUntil else { return }
        wall = clocks.wall()
        // A quarter second: the line may lag the wall clock by that much.
        validUntil = now + .milliseconds(250)
        line.clear()
        line.writeStaticString("Date: ")
        HTTPDate.write(wall, into: &line)
        line.writeStaticString("\r\n")
    }
}
