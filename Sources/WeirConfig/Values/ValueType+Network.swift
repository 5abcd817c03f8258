import WeirProxy
import WeirUpstream

extension ValueType<ListenAddress> {
    /// `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`. Port 0 lets the system choose.
    static let address = ValueType(
        name: "address",
        expected: "an address and port such as 127.0.0.1:8080 or [::1]:8080",
        parse: { text throws(ValueError) in
            guard let (host, port) = HostName.split(text), let port else {
                if let port = Decimals.whole(text.drop { $0 == ":" || $0 == "*" }), port <= 65535 {
                    throw .suggestion("\(text.hasPrefix("*") ? "0.0.0.0" : "127.0.0.1"):\(port)")
                }
                throw .mismatch
            }
            return ListenAddress(host: host, port: port)
        },
        format: { $0.description }
    )
}

extension ValueType<UpstreamURL> {
    /// `http://127.0.0.1:3000`, `https://api.example.com/base`: no user, query or fragment (RFC 3986).
    static let url = ValueType(
        name: "URL",
        expected: "a URL such as http://127.0.0.1:3000 or https://api.openai.com",
        parse: { text throws(ValueError) in try UpstreamURL(parsing: text) },
        format: { $0.description }
    )
}

extension UpstreamURL {
    /// nil for what is not an upstream's URL.
    package init?(text: String) {
        guard let url = try? UpstreamURL(parsing: text) else { return nil }
        self = url
    }

    fileprivate init(parsing text: String) throws(ValueError) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .mismatch }
        let userProblem = "a user or password cannot be in 'url': set it with 'headers: {Authorization: …}'"
        guard let colon = text.firstRange(of: "://") else {
            if text.contains("@") { throw .other(userProblem) }
            guard HostName.split(text.prefix { $0 != "/" }) != nil else { throw .mismatch }
            throw .suggestion("http://\(text)")
        }
        guard let scheme = Scheme(rawValue: text[..<colon.lowerBound].lowercased()) else {
            throw .other("expected a URL that begins with http:// or https://, found \(Node.quote(text))")
        }
        let rest = text[colon.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest.dropFirst(authority.count)
        if authority.contains("@") { throw .other(userProblem) }
        if path.contains("?") { throw .other("a query cannot be in 'url'") }
        if path.contains("#") { throw .other("a fragment ('#…') cannot be in 'url'") }
        guard let (host, port) = HostName.split(authority), port != 0 else { throw .mismatch }
        var base = path
        while base.hasSuffix("/") { base = base.dropLast() }
        self.init(scheme: scheme, host: host.lowercased(), port: port, basePath: String(base))
    }
}
