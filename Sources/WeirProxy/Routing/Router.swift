import NIOCore
package import WeirHTTP
import WeirOpenAI

/// Finds a request's route: the longest path that covers it, a literal before a `{name}`.
package struct Router: Sendable {
    /// In the file's order.
    package let routes: [Route]
    /// In the order in which they are tried.
    private let ordered: [Route]
    /// Some route lets nobody in without a token.
    private let hasGates: Bool

    package init(_ routes: [Route]) {
        self.routes = routes
        ordered = routes.sorted { $0.precedes($1) }
        hasGates = routes.contains { $0.settings.token != nil }
    }

    package func route(for head: RequestHead) -> Route? {
        let storage = head.fields.storage
        return first(of: head, at: storage.readableBytesUInt8Span.extracting(head.readablePathRange))
    }

    private func first(of head: RequestHead, at path: Span<UInt8>) -> Route? {
        for route in ordered where route.matches(head, path: path) { return route }
        return nil
    }

    /// The token that a request needs at the route of another spelling of its path, which its origin may take for the same:
    /// who writes `//private` or `/%70rivate` is not let past the route of `/private`.
    func tokenOfPlainPath(_ head: RequestHead) -> TokenSettings? {
        guard hasGates, let path = PlainPath.make(head.path) else { return nil }
        return first(of: head, at: path.span)?.settings.token
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
