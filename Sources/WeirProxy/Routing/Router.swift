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
        let path = storage.readableBytesUInt8Span.extracting(head.readablePathRange)
        for route in ordered where route.matches(head, path: path) { return route }
        return nil
    }

    /// With which methods routes would take a path that none takes with the request's own.
    func methods(for head: RequestHead) -> [String] {
        Array(Set(ordered.filter { $0.covers(head) }.flatMap(\.settings.methods))).sorted()
    }
}

extension RequestHead {
    /// The path as offsets into the storage's readable bytes.
    var readablePathRange: Range<Int> {
        let start = target.path.lowerBound - fields.storage.readerIndex
        return start..<start + target.path.count
    }

    /// `Host` without its port.
    var hostname: ByteBufferView {
        guard let host = fields.first(.host) else { return ByteBufferView() }
        if host.first == UInt8(ascii: "["), let close = host.firstIndex(of: UInt8(ascii: "]")) {
            return host[host.index(after: host.startIndex)..<close]
        }
        return host[..<(host.firstIndex(of: ASCII.colon) ?? host.endIndex)]
    }
}
