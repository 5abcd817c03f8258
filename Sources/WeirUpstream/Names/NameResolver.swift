package import NIOCore

/// Turns a name into addresses.
package protocol NameResolver: Sendable {
    /// - Parameter completion: called once, on any thread, perhaps much later. At least one address on success.
    func resolve(
        _ host: String,
        port: Int,
        completion: @escaping @Sendable (Result<[SocketAddress], NameError>) -> Void
    )
}

/// Why a name has no address now.
package struct NameError: Error, Equatable {
    /// For people, without the name.
    package var reason: String

    package init(_ reason: String) { self.reason = reason }
}
