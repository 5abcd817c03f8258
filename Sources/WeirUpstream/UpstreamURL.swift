/// `scheme://host[:port][/path]`: where an upstream listens, and what is put before every path.
package struct UpstreamURL: Sendable, Equatable {
    package enum Scheme: String, Sendable { case http, https }

    package var scheme: Scheme
    /// A name or an address; an IPv6 address without its brackets.
    package var host: String
    package var port: Int
    /// Without a slash at its end; empty for the root.
    package var basePath: String

    package init(scheme: Scheme, host: String, port: Int? = nil, basePath: String = "") {
        self.scheme = scheme
        self.host = host
        self.port = port ?? (scheme == .http ? 80 : 443)
        self.basePath = basePath
    }

    /// As the `Host` field has it: the port only where it is not the scheme's own.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (scheme == .http ? 80 : 443) ? name : "\(name):\(port)"
    }

    /// Whether both lead to the same listener, whatever the base path.
    func isSameAddress(as other: UpstreamURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    package var description: String { "\(scheme.rawValue)://\(authority)\(basePath)" }
}
