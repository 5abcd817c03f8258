import NIOCore
import NIOHTTP2
import NIOSSL

/// How far an error of HTTP/2 reaches (RFC 9113 §5.4).
enum HTTP2Fault {
    /// Whether what carries HTTP/2 has ended, and the client broke none of its rules: many leave without a word of TLS.
    static func isOfTransport(_ error: any Error) -> Bool {
        error is NIOSSLError || error is BoringSSLError || error is IOError || error is ChannelError
    }

    /// Whether it has ended a stream alone. NIOHTTP2 tells a connection of its streams' errors as of its own, and does
    /// not say which is which; what is not listed here ends the connection.
    static func isOfStream(_ error: any Error) -> Bool {
        switch error {
        case is NIOHTTP2Errors.StreamError, is NIOHTTP2Errors.StreamClosed,
            is NIOHTTP2Errors.BadStreamStateTransition, is NIOHTTP2Errors.TrailersWithoutEndStream:
            true
        case is NIOHTTP2Errors.ContentLengthViolated, is NIOHTTP2Errors.ContentLengthHeadersMismatch,
            is NIOHTTP2Errors.ContentLengthHeaderNegative, is NIOHTTP2Errors.ContentLengthHeaderMalformedValue:
            true
        case is NIOHTTP2Errors.MissingPseudoHeader, is NIOHTTP2Errors.DuplicatePseudoHeader,
            is NIOHTTP2Errors.PseudoHeaderAfterRegularHeader, is NIOHTTP2Errors.UnknownPseudoHeader,
            is NIOHTTP2Errors.UnsupportedPseudoHeader, is NIOHTTP2Errors.InvalidPseudoHeaders,
            is NIOHTTP2Errors.InvalidPseudoHeaderValue, is NIOHTTP2Errors.EmptyPathHeader:
            true
        case is NIOHTTP2Errors.InvalidHTTP2HeaderFieldName, is NIOHTTP2Errors.InvalidHTTP2HeaderFieldValue,
            is NIOHTTP2Errors.ForbiddenHeaderField:
            true
        default:
            false
        }
    }

    /// Whether a window was overrun. NIOHTTP2 takes that for one stream's error and goes on; nobody makes it by mistake,
    /// and each costs its client nothing.
    static func isOfWindow(_ error: any Error) -> Bool {
        error is NIOHTTP2Errors.InvalidFlowControlWindowSize || error is NIOHTTP2Errors.InvalidWindowIncrementSize
    }
}
