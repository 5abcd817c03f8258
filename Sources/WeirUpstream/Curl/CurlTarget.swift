import NIOCore
import WeirHTTP

/// What may stand in a request line.
enum CurlTarget {
    /// False for a target that would break the request line: empty, or with white space or control bytes in it
    /// (RFC 9112 §3.2). All else goes out byte for byte.
    static func isSendable(_ target: ByteBuffer) -> Bool {
        target.readableBytes > 0 && target.readableBytesView.allSatisfy { $0 > ASCII.space && $0 != 0x7F }
    }

    /// A method is a token (RFC 9110 §9.1).
    static func isSendable(method: String) -> Bool {
        !method.isEmpty && method.utf8.allSatisfy(ASCII.isTokenCharacter)
    }
}
