import WeirHTTP

/// How a response's end is told to one client.
enum ClientFraming: Equatable {
    /// HEAD, 204 and 304; a length may still be told.
    case noBody(length: UInt64?)
    case length(UInt64)
    case chunked
    /// A length nobody knows, where the connection's end (HTTP/1.0) or the stream's (HTTP/2) is the body's.
    case untilClose

    static func choose(
        _ upstream: BodyFraming,
        keepsLength: Bool,
        request: RequestHead,
        status: UInt16
    ) -> ClientFraming {
        if request.method == .head || status == 204 || status == 304 {
            if case .length(let length) = upstream, keepsLength, status != 204 { return .noBody(length: length) }
            return .noBody(length: nil)
        }
        switch upstream {
        case .none: return .length(0)
        case .length(let length) where keepsLength: return .length(length)
        case .length, .chunked, .untilClose: return request.version == .http11 ? .chunked : .untilClose
        }
    }
}
