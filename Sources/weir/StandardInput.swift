import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

enum StandardInput {
    private static let piece = 64 << 10

    static func readToEnd() throws -> ByteBuffer {
        var bytes = ByteBuffer()
        while true {
            let count = unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: piece) { room in
                // The pointer is valid for the call, which writes `count` bytes there at most and keeps nothing.
                max(0, unsafe read(STDIN_FILENO, room.baseAddress, room.count))
            }
            if count == 0 { return bytes }
        }
    }
}
