import HTTPTypes
import WeirProxy

/// Decides who is let in.
///
/// Without a token the listener is on loopback, and whoever runs programs here may administer Weir. A page of another
/// site that is open in a browser here must not: it can send requests to loopback (and read the answers, once its
/// name resolves to 127.0.0.1), so the host asked for has to be a loopback one, and what changes something has to come
/// from Weir's own pages or from no page at all.
struct AccessRules: Sendable {
    private let token: String?
    private let isLoopback: Bool

    init(_ settings: AdminSettings) {
        // An empty one, as an unset variable leaves it, is none.
        token = settings.token.flatMap { $0.isEmpty ? nil : $0 }
        isLoopback = settings.listen.isLoopback
    }

    /// - Parameter host: what `Host` says.
    func check(_ access: Access, method: HTTPRequest.Method, host: String?, fields: HTTPFields) throws(AdminError) {
        switch access {
        case .anybody: return
        case .statistics where isLoopback: return
        case .statistics, .administration: break
        }
        if let token {
            guard Self.isAuthorized(fields, by: token) else { throw .unauthorized }
        } else if isLoopback {
            try checkOrigin(method: method, host: host, fields: fields)
        } else {
            throw .tokenNotSet
        }
    }

    // MARK: With a token

    private static func isAuthorized(_ fields: HTTPFields, by token: String) -> Bool {
        // RFC 9110 §11.1: the scheme's case means nothing.
        guard let value = fields[.authorization], value.utf8.count > 7, value.prefix(7).lowercased() == "bearer " else {
            return false
        }
        return isEqual(value.dropFirst(7).utf8, token.utf8)
    }

    /// Takes as long for a wrong token as for the right one, so that it cannot be guessed byte by byte.
    private static func isEqual(_ given: Substring.UTF8View, _ expected: String.UTF8View) -> Bool {
        let (given, expected) = (Array(given), Array(expected))
        var difference: UInt8 = given.count == expected.count ? 0 : 1
        for index in given.indices { difference |= given[index] ^ expected[index % expected.count] }
        return difference == 0
    }

    // MARK: Without one

    private func checkOrigin(
        method: HTTPRequest.Method,
        host: String?,
        fields: HTTPFields
    ) throws(AdminError) {
        guard let host, Self.isLoopback(authority: host) else {
            throw .otherOrigin(host.map { "the host '\($0)'" } ?? "no host")
        }
        guard method != .get, method != .head else { return }
        if let site = fields[.secFetchSite], site != "same-origin", site != "none" {
            throw .otherOrigin("a request from another site ('Sec-Fetch-Site: \(site)')")
        }
        if let origin = fields[.origin], origin.lowercased() != "http://\(host.lowercased())" {
            throw .otherOrigin("a request from '\(origin)'")
        }
    }

    /// Names that resolve to loopback at the whim of their owner, such as `127.0.0.1.example`, are not.
    private static func isLoopback(authority: String) -> Bool {
        let authority = authority.lowercased()
        if authority.hasPrefix("[") {
            return authority.hasPrefix("[::1]")
        }
        let host = authority.prefix { $0 != ":" }
        if host == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
