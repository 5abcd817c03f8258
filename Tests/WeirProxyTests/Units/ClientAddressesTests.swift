import NIOCore
import Testing

@testable import WeirProxy

@Suite struct ClientAddressesTests {
    private func address(_ text: String) throws -> ClientAddress {
        try #require(ClientAddress(SocketAddress(ipAddress: text, port: 1)))
    }

    @Test("an address is held only while it has connections, and refused ones are not counted")
    func counts() throws {
        let clients = ClientAddresses()
        let (one, two) = (try address("10.0.0.1"), try address("10.0.0.2"))
        #expect(clients.enter(one, limit: 2) && clients.enter(one, limit: 2) && !clients.enter(one, limit: 2))
        #expect(clients.enter(two, limit: 2) && clients.count == 2)
        clients.leave(one)
        #expect(clients.enter(one, limit: 2))
        clients.leave(one)
        clients.leave(one)
        clients.leave(two)
        #expect(clients.count == 0)
    }

    @Test("an IPv6 client is its network of 64 bits, an IPv4 client its address however it is written")
    func networks() throws {
        #expect(try address("2001:db8:0:1::1") == address("2001:db8:0:1:ffff::2"))
        #expect(try address("2001:db8:0:1::1") != address("2001:db8:0:2::1"))
        #expect(try address("::ffff:10.0.0.1") == address("10.0.0.1"))
        #expect(try address("10.0.0.1") != address("10.0.0.2"))
        // Neither the loopback nor a network of zeros is taken for an IPv4 address.
        #expect(try address("::1") != address("0.0.0.1"))
        #expect(try ClientAddress(SocketAddress(unixDomainSocketPath: "/x")) == nil)
    }
}
