import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a connection did not come about, in Weir's words.
package enum ConnectFailure {
    /// - Parameter authority: what was to be connected to, for the message.
    package static func upstreamError(_ error: any Error, authority: String) -> UpstreamError {
        switch error {
        case ChannelError.connectTimeout: return .connectTimeout
        case let error as IOError where error.isShortage: return .busy
        case let error as TLSFailure: return .tls(error.reason)
        case let error as ProxyRefusal: return .connect("\(authority): \(error.reason)")
        case let error as NIOConnectionError: return upstreamError(resolved: error, authority: authority)
        default: return .connect("\(authority): \(reason(error))")
        }
    }

    /// A name that has several addresses, each with an error of its own.
    private static func upstreamError(resolved error: NIOConnectionError, authority: String) -> UpstreamError {
        if error.connectionErrors.isEmpty {
            let failure = (error.dnsAError ?? error.dnsAAAAError) as? NameError
            return .connect("\(authority): \(failure?.reason ?? "the name has no address")")
        }
        var reasons: [String] = []
        for attempt in error.connectionErrors {
            if case ChannelError.connectTimeout = attempt.error { return .connectTimeout }
            if let error = attempt.error as? IOError, error.isShortage { return .busy }
            let text = reason(attempt.error)
            if !reasons.contains(text) { reasons.append(text) }
        }
        return .connect("\(authority): \(reasons.joined(separator: ", "))")
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return error.errnoCode == ECONNREFUSED ? "connection refused" : error.description
    }
}
