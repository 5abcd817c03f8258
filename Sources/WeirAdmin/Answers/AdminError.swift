import HTTPTypes

/// Why a request to the admin listener is refused: a status, a code for programs and a sentence for people.
struct AdminError: Error, Equatable {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    var fields: HTTPFields = [:]

    static let unauthorized = AdminError(
        status: .unauthorized,
        code: "unauthorized",
        message: "the admin token is missing or wrong; send it as 'Authorization: Bearer …'",
        fields: [.wwwAuthenticate: "Bearer realm=\"weir\""]
    )

    /// The listener can be reached from elsewhere, and nobody has set a token.
    static let tokenNotSet = AdminError(
        status: .forbidden,
        code: "forbidden",
        message: "off loopback this needs a token: set admin.token in proxy.conf"
    )

    static func otherOrigin(_ found: String) -> AdminError {
        AdminError(
            status: .forbidden,
            code: "forbidden",
            message: "without admin.token only this machine's own pages and programs are let in; found \(found)"
        )
    }

    static func notFound(_ path: String) -> AdminError {
        AdminError(
            status: .notFound,
            code: "not_found",
            message: "nothing is at '\(path)'; GET / lists what there is"
        )
    }

    /// - Parameter allowed: the value of `Allow` (RFC 9110 §15.5.6).
    static func methodNotAllowed(_ method: String, allowed: String) -> AdminError {
        AdminError(
            status: .methodNotAllowed,
            code: "method_not_allowed",
            message: "expected \(allowed), found \(method)",
            fields: [.allow: allowed]
        )
    }

    static func unexpectedType(_ found: String?, _ expected: String) -> AdminError {
        AdminError(
            status: .unsupportedMediaType,
            code: "unsupported_media_type",
            message: "expected 'Content-Type: \(expected)', found \(found.map { "'\($0)'" } ?? "none")"
        )
    }

    static func bodyTooLarge(limit: Int) -> AdminError {
        AdminError(
            status: .contentTooLarge,
            code: "body_too_large",
            message: "the body is larger than \(limit) bytes"
        )
    }

    static func invalidBody(_ message: String) -> AdminError {
        AdminError(status: .badRequest, code: "invalid_body", message: message)
    }

    static func invalidParameter(_ name: String, expected: String) -> AdminError {
        AdminError(status: .badRequest, code: "invalid_parameter", message: "expected \(name) to be \(expected)")
    }

    static func unknownUpstream(_ name: String, known: [String]) -> AdminError {
        AdminError(
            status: .notFound,
            code: "unknown_upstream",
            message: "there is no upstream '\(name)'; the upstreams are \(known.joined(separator: ", "))"
        )
    }

    static let `internal` = AdminError(
        status: .internalServerError,
        code: "internal",
        message: "the admin listener failed; its log says how"
    )
}
