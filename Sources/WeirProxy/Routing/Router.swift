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
        let storage = head.fields.storage
        let start = head.target.path.lowerBound - storage.readerIndex
        let path = storage.readableBytesUInt8Span.extracting(start..<start + head.target.path.count)
        for route in ordered where route.matches(head, path: path) { return route }
        return nil
    }
}

extension RequestHead {
    /// `Host` without its port.
    var hostname: ByteBufferView {
        guard let host = fields.first(.host) else { return ByteBufferView() }
        if host.first == UInt8(ascii: "["), let close = host.firstIndex(of: UInt8(ascii: "]")) {
            return host[host.index(after: host.startIndex)..<close]
        }
        return host[..<(host.firstIndex(of: ASCII.colon) ?? host.endIndex)]
    }
}
