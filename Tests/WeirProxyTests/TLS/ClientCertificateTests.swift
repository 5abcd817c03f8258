import NIOCore
import Testing
import WeirTesting

@testable import WeirProxy

@Suite struct ClientCertificateTests {
    private static let answer: Answer = { _, connection in try await connection.respond(body: "hello") }
    private static let known = (TestCertificates.client, TestCertificates.clientKey)
    private static let stranger = (TestCertificates.stranger, TestCertificates.strangerKey)
    private static let expired = (TestCertificates.expired, TestCertificates.expiredKey)

    @Test("a certificate by the authority opens the door", arguments: TLSSettings.ClientCertificates.allCases)
    func known(_ mode: TLSSettings.ClientCertificates) async throws {
        try await withSecureWeir(clientCertificates: mode, answer: Self.answer) { secure in
            // Twice with one context: the second handshake may resume the first one's session.
            let context = try TestCertificates.clientContext(identity: Self.known)
            for _ in 0..<2 {
                try await withRawClient(port: secure.port, tls: context) { client in
                    let response = try await client.get("/")
                    #expect(response.status == 200)
                }
            }
            #expect(try await secure.tls().handshakes[.completed] == 2)
        }
    }

    @Test("no certificate is let in only where it is optional")
    func none() async throws {
        try await withSecureWeir(clientCertificates: .optional, answer: Self.answer) { secure in
            let response = try await secure.get("/")
            #expect(response.status == 200)
        }
        try await withSecureWeir(clientCertificates: .require, answer: Self.answer) { secure in
            await #expect(throws: (any Error).self) { try await secure.get("/") }
            try await secure.wait(for: .certificate)
            #expect(secure.weir.origin.connectionCount == 0)
        }
    }

    @Test(
        "a certificate by a stranger, or one that has expired, is refused in the handshake",
        arguments: TLSSettings.ClientCertificates.allCases
    )
    func bad(_ mode: TLSSettings.ClientCertificates) async throws {
        try await withSecureWeir(clientCertificates: mode, answer: Self.answer) { secure in
            for (count, identity) in [Self.stranger, Self.expired].enumerated() {
                let context = try TestCertificates.clientContext(identity: identity)
                await #expect(throws: (any Error).self) {
                    try await withRawClient(port: secure.port, tls: context) { try await $0.get("/") }
                }
                try await secure.wait(for: .certificate, count: UInt64(count + 1))
            }
            #expect(secure.weir.origin.connectionCount == 0)
        }
    }
}
