import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many connections each client address has open, over all workers. Holds an address only while it has some, so
/// that it is never larger than the number of open connections.
final class ClientAddresses: Sendable {
    private let counts = Mutex<[ClientAddress: Int]>([:])

    /// One more connection.
    /// - Returns: whether it is within the limit; one that is not is not counted.
    func enter(_ address: ClientAddress, limit: Int) -> Bool {
        counts.withLock { counts in
            let count = counts[address, default: 0]
            guard count < limit else { return false }
            counts[address] = count + 1
            return true
        }
    }

    /// One that has entered is closed.
    func leave(_ address: ClientAddress) {
        counts.withLock { counts in
            guard let count = counts[address] else { return }
            counts[address] = count > 1 ? count - 1 : nil
        }
    }

    /// Addresses with an open connection.
    var count: Int { counts.withLock { $0.count } }
}

/// Whom a connection counts for: an IPv4 address, or an IPv6 network of 64 bits, of which one client has as many
/// addresses as it likes.
enum ClientAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6Network(UInt64)

    /// Nil for what is no IP address.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        let isV6 = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isV6 ? 16 : 4)
        // Writes four bytes for one family and sixteen for the other, in the order of the network: as many as there are.
        guard unsafe inet_pton(isV6 ? AF_INET6 : AF_INET, text, &bytes) == 1 else { return nil }
        if !isV6 {
            self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        } else if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            // An IPv4 client of a listener for both (RFC 4291 §2.5.5.2).
            self = .v4(bytes[12...].reduce(0) { $0 << 8 | UInt32($1) })
        } else {
            self = .v6Network(bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}
