import NIOCore
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI
import WeirUpstream

/// Why Weir itself answers a request, or breaks a response off: mapped to a status and a body here and nowhere else.
enum ProxyError: Error {
    case badMessage(MessageError)
    case requestTimeout
    case bodyTooLarge(limit: Int)
    case noRoute
    /// Routes take the path, but not with this method.
    case methodNotRouted(allowed: String)
    case methodRefused
    case loop
    /// Of the request, which the route wants (`jwt`).
    case token(TokenError)
    case notCached
    /// None of the ranges asked for lies in a stored response of so many bytes.
    case rangeNotSatisfiable(length: Int)
    case tooManyConnections
    /// Of the limit for one address.
    case tooManyFromAddress
    /// `limits.memory` is taken.
    case memoryFull
    /// Plain HTTP where TLS is spoken.
    case plainHTTP
    case flightTooSlow
    case undecodable
    /// The route's `budget` or `rate_limit`.
    case allowance(AllowanceRefusal)
    case upstream(UpstreamError, name: String)

    init(flight error: any Error, upstream name: String) {
        switch error {
        case let error as UpstreamError: self = .upstream(error, name: name)
        case let error as ProxyError: self = error
        default: self = .flightTooSlow
        }
    }

    var status: UInt16 {
        switch self {
        case .badMessage(let error): error.status
        case .plainHTTP: 400
        case .requestTimeout: 408
        case .bodyTooLarge: 413
        case .noRoute: 404
        case .methodNotRouted, .methodRefused: 405
        case .loop: 508
        case .token: 401
        case .notCached: 504
        case .rangeNotSatisfiable: 416
        case .tooManyConnections, .tooManyFromAddress, .memoryFull, .flightTooSlow: 503
        case .undecodable: 502
        case .allowance(let refusal): refusal.status
        case .upstream(let error, _): Self.status(of: error)
        }
    }

    private static func status(of error: UpstreamError) -> UInt16 {
        switch error {
        case .connect, .tls, .reset, .lostIdle, .unprocessed, .malformed: 502
        case .connectTimeout, .firstByteTimeout, .idleTimeout, .totalTimeout: 504
        case .busy, .breakerOpen, .draining: 503
        case .coolingDown, .paced: 429
        }
    }

    /// Stable, for programs.
    var code: String {
        switch self {
        case .badMessage(let error):
            switch error.status {
            case 414: "target_too_long"
            case 417: "expectation_failed"
            case 431: "head_too_large"
            case 501: "not_implemented"
            case 505: "version_not_supported"
            default: "bad_request"
            }
        case .requestTimeout: "request_timeout"
        case .bodyTooLarge: "body_too_large"
        case .noRoute: "no_route"
        case .methodNotRouted, .methodRefused: "method_not_allowed"
        case .loop: "loop_detected"
        case .token(.missing): "missing_token"
        case .token: "invalid_token"
        case .notCached: "not_cached"
        case .rangeNotSatisfiable: "range_not_satisfiable"
        case .tooManyConnections: "too_many_connections"
        case .tooManyFromAddress: "too_many_from_address"
        case .memoryFull: "memory_full"
        case .plainHTTP: "plain_http"
        case .flightTooSlow: "reader_too_slow"
        case .undecodable: "upstream_malformed"
        case .allowance(let refusal): refusal.code
        case .upstream(let error, _): Self.code(of: error)
        }
    }

    private static func code(of error: UpstreamError) -> String {
        switch error {
        case .connect: "upstream_unreachable"
        case .tls: "upstream_tls"
        case .connectTimeout: "upstream_connect_timeout"
        case .firstByteTimeout: "upstream_first_byte_timeout"
        case .idleTimeout: "upstream_idle_timeout"
        case .totalTimeout: "upstream_total_timeout"
        case .reset, .lostIdle, .unprocessed: "upstream_reset"
        case .malformed: "upstream_malformed"
        case .busy: "upstream_busy"
        case .breakerOpen: "breaker_open"
        case .coolingDown, .paced: "upstream_rate_limited"
        case .draining: "draining"
        }
    }

    /// The kind of error, as OpenAI's have one.
    var type: String {
        if case .allowance(let refusal) = self { refusal.errorType } else { "weir_error" }
    }

    /// For people: what was expected, what happened, and where. None of the peer's bytes.
    var message: String {
        switch self {
        case .badMessage(let error): error.reason.description
        case .requestTimeout: "the request did not arrive in time"
        case .bodyTooLarge(let limit): "the request body is larger than the route's \(limit) bytes"
        case .noRoute: "no route takes this path"
        case .methodNotRouted(let allowed): "no route takes this path with this method; it is taken with \(allowed)"
        case .methodRefused: "this proxy does not serve CONNECT and TRACE"
        case .token(let error): error.rawValue
        case .loop: "this request has been through Weir already: an upstream leads back here"
        case .notCached: "only-if-cached was asked for and nothing fitting is stored"
        case .rangeNotSatisfiable(let length): "none of the ranges lies within the \(length) bytes that there are"
        case .tooManyConnections: "too many connections"
        case .tooManyFromAddress: "too many connections from this address"
        case .memoryFull: "the memory for requests under way is taken"
        case .plainHTTP: "this port speaks HTTPS, and the request came in plain HTTP"
        case .flightTooSlow: "the shared answer outran this reader"
        case .undecodable: "the upstream's compressed body cannot be decoded"
        case .allowance(let refusal): refusal.message
        case .upstream(let error, let name): Self.message(of: error, name: name)
        }
    }

    private static func message(of error: UpstreamError, name: String) -> String {
        switch error {
        case .connect(let reason): "upstream '\(name)' cannot be reached: \(reason)"
        case .tls(let reason): "TLS with upstream '\(name)' failed: \(reason)"
        case .connectTimeout: "upstream '\(name)' did not accept a connection in time"
        case .firstByteTimeout: "upstream '\(name)' did not begin to answer in time"
        case .idleTimeout: "upstream '\(name)' fell silent"
        case .totalTimeout: "upstream '\(name)' did not finish in time"
        case .reset, .lostIdle, .unprocessed: "upstream '\(name)' broke the connection off"
        case .malformed(let reason): "upstream '\(name)' did not answer in HTTP: \(reason)"
        case .busy: "upstream '\(name)' has no connection free"
        case .coolingDown: "upstream '\(name)' limits the rate of this credential's requests"
        case .paced: "upstream '\(name)' has no room for this request within this credential's rate limits"
        case .breakerOpen: "the circuit breaker of upstream '\(name)' is open"
        case .draining: "Weir is stopping"
        }
    }

    /// Whether nothing behind this request on its connection may be interpreted.
    var endsConnection: Bool {
        switch self {
        case .badMessage, .requestTimeout, .bodyTooLarge, .methodRefused, .tooManyConnections, .tooManyFromAddress,
            .plainHTTP:
            true
        case .memoryFull, .noRoute, .methodNotRouted, .loop, .token, .notCached, .rangeNotSatisfiable, .flightTooSlow,
            .undecodable, .allowance, .upstream:
            false
        }
    }

    /// Whether an operator can do something about it; the rest is a client's doing, and its own to notice.
    var concernsOperator: Bool {
        switch self {
        case .upstream, .undecodable, .loop, .tooManyConnections, .tooManyFromAddress, .memoryFull: true
        case .badMessage, .requestTimeout, .bodyTooLarge, .noRoute, .methodNotRouted, .methodRefused, .notCached,
            .rangeNotSatisfiable, .flightTooSlow, .plainHTTP, .token, .allowance:
            false
        }
    }

    /// For `Retry-After`, in seconds.
    var retryAfter: Int? {
        switch self {
        case .allowance(let refusal): refusal.wait.map { max(1, $0.wholeSeconds) }
        case .upstream(let error, _): Self.retryAfter(error)
        case .tooManyConnections, .tooManyFromAddress, .memoryFull, .flightTooSlow: 1
        default: nil
        }
    }

    private static func retryAfter(_ error: UpstreamError) -> Int? {
        switch error {
        case .breakerOpen(let seconds), .coolingDown(let seconds), .paced(let seconds): seconds
        case .connect, .connectTimeout, .firstByteTimeout, .idleTimeout, .totalTimeout, .reset, .lostIdle, .unprocessed,
            .busy,
            .draining:
            1
        // Nothing that time alone would mend.
        case .tls, .malformed: nil
        }
    }
}
