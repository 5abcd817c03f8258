import NIOCore
package import WeirHTTP

/// Finds a request's route: the longest path that covers it, a literal before a `{name}`.
package struct Router: Sendable {
    /// In the file's order.
    package let routes: [Route]
    /// In the order in which they are tried.
    private let ordered: [Route]

    package init(_ routes: [Route]) {
        self.routes = routes
        ordered = routes.sorted { $0.precedes($1) }
    }

    package func route(for head: RequestHead) -> Route? {
        let host = Self.hostname(head.fields.first(.host))
        let path = head.path
        let method = head.methodName
        return ordered.first { $0.matches(host: host, method: method, path: path) }
    }

    /// `Host` without its port.
    private static func hostname(_ host: ByteBufferView?) -> ByteBufferView {
        guard let host else { return ByteBufferView() }
        if host.first == UInt8(ascii: "["), let close = host.firstIndex(of: UInt8(ascii: "]")) {
            return host[host.index(after: host.startIndex)..<close]
        }
        return host[..<(host.firstIndex(of: ASCII.colon) ?? host.endIndex)]
    }
}
