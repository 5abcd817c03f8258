import NIOCore

#if os(Linux)
    import CSocketFilter
    import Glibc
#endif

/// What the system tells of a listening socket, and does for one, beyond what NIO asks of it.
extension Channel {
    #if os(Linux)
        /// From now on the system answers no client that begins to connect; those who have begun go on.
        func refuseHandshakes() async throws {
            guard let options = self as? any SocketOptionProvider else { return }
            let filter = unsafe SocketFilter(program: weir_no_new_handshakes())
            let name = NIOBSDSocket.Option(rawValue: SO_ATTACH_FILTER)
            try await options.unsafeSetSocketOption(level: .socket, name: name, value: filter).get()
        }

        /// Connections that are there and not accepted yet.
        func waitingConnections() async throws -> Int {
            guard let options = self as? any SocketOptionProvider else { return 0 }
            // Of a listening socket: its queue.
            return try await Int(options.getTCPInfo().get().tcpi_unacked)
        }
    #else
        func refuseHandshakes() async throws {}

        func waitingConnections() async throws -> Int { 0 }
    #endif
}

#if os(Linux)
    /// Safe to hand on: the steps it points to are static, and never written to.
    @safe
    private struct SocketFilter: @unchecked Sendable {
        let program: sock_fprog
    }
#endif
