#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The proxy that the environment names for `https` upstreams, by libcurl's rules, so that switches of protocols take the
/// way of all other calls.
enum OutboundProxy: Sendable, Equatable {
    /// - Parameter credentials: the value of `Proxy-Authorization`, where the URL has any.
    case http(host: String, port: Int, credentials: String?)
    /// Something that libcurl can go through and a switch cannot: for people, its protocol.
    case unsupported(String)

    /// libcurl's, for a URL without one.
    private static let standardPort = 1080

    /// - Parameter variable: an environment variable's value, nil where it is not set.
    /// - Returns: nil for the direct way.
    static func from(_ variable: (String) -> String?, for url: UpstreamURL) -> OutboundProxy? {
        let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        guard let text = names.lazy.compactMap(variable).first, !text.isEmpty else { return nil }
        let exempt = variable("no_proxy") ?? variable("NO_PROXY") ?? ""
        return ProxyExemptions(exempt).contain(url.host) ? nil : OutboundProxy(text)
    }

    /// The process's environment.
    static func ofEnvironment(for url: UpstreamURL) -> OutboundProxy? {
        // The text is the environment's, which nobody changes once the process serves, and is copied here.
        from({ name in unsafe getenv(name).map { unsafe String(cString: $0) } }, for: url)
    }

    /// - Parameter text: `[scheme://][user:password@]host[:port][/]`.
    init(_ text: String) {
        var rest = text[...]
        if let mark = text.firstRange(of: "://") {
            let scheme = text[..<mark.lowerBound].lowercased()
            guard scheme == "http" else {
                self = .unsupported(scheme)
                return
            }
            rest = text[mark.upperBound...]
        }
        rest = rest.prefix { $0 != "/" }
        var credentials: String?
        if let at = rest.lastIndex(of: "@") {
            credentials = "Basic " + Data(Self.unescaped(rest[..<at].utf8)).base64EncodedString()
            rest = rest[rest.index(after: at)...]
        }
        let (host, port) = Self.split(rest)
        self = .http(host: host, port: port ?? Self.standardPort, credentials: credentials)
    }

    /// `%41` is `A`.
    private static func unescaped(_ text: Substring.UTF8View) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    private static func split(_ authority: Substring) -> (host: String, port: Int?) {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let host = authority[authority.index(after: authority.startIndex)..<end]
            return (String(host), Int(authority[end...].dropFirst(2)))
        }
        guard let colon = authority.lastIndex(of: ":") else { return (String(authority), nil) }
        return (String(authority[..<colon]), Int(authority[authority.index(after: colon)...]))
    }
}
