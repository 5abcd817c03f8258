package import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The system's resolver, `getaddrinfo`, with all that it knows: `/etc/hosts`, search domains, several servers. It
/// blocks for as long as those take to answer, so it runs on NIO's threads for that.
package struct SystemResolver: NameResolver {
    package init() {}

    package func resolve(
        _ host: String,
        port: Int,
        completion: @escaping @Sendable (Result<[SocketAddress], NameError>) -> Void
    ) {
        NIOThreadPool.singleton.submit { _ in
            completion(Result { () throws(NameError) in try Self.lookUp(host, port: port) })
        }
    }

    /// In the order of RFC 6724.
    private static func lookUp(_ host: String, port: Int) throws(NameError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        #if canImport(Glibc)
            unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            unsafe hints.ai_socktype = SOCK_STREAM
        #endif
        unsafe hints.ai_protocol = Int32(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        // Freed once, on every way out; nothing of it is used behind that.
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        // gai_strerror returns a static string for every code.
        guard code == 0 else { throw NameError(unsafe String(cString: gai_strerror(code))) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let info = unsafe next {
            // Owned by the list, which lives until this function ends; each is its family's own structure.
            if let address = unsafe info.pointee.ai_addr {
                switch unsafe info.pointee.ai_family {
                case AF_INET:
                    let bytes = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
                    addresses.append(SocketAddress(bytes, host: host))
                case AF_INET6:
                    let bytes = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
                    addresses.append(SocketAddress(bytes, host: host))
                default: break
                }
            }
            unsafe next = unsafe info.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw NameError("the name has no address") }
        return addresses
    }
}
