import NIOCore
import Testing
import WeirTesting

@testable import WeirProxy

@Suite struct CertificateReloadTests {
    private static let answer: Answer = { _, connection in try await connection.respond(body: "hello") }

    private static func look(_ secure: SecureWeir) { for _ in 0..<2 { secure.weir.proxy.reloadCertificates() } }

    @Test("changed files serve new connections, and open ones go on")
    func reloads() async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            let before = try await secure.tls().notAfter
            try await withRawClient(port: secure.port, tls: try TestCertificates.clientContext()) { client in
                #expect(try await client.get("/").status == 200)
                try secure.folder.write(TestCertificates.expired, to: "server.pem")
                try secure.folder.write(TestCertificates.expiredKey, to: "server.key")
                Self.look(secure)
                #expect(try await client.get("/").status == 200)
            }
            let after = try await secure.tls()
            #expect(after.notAfter < before && after.reloads == 1 && after.problem == nil)
            // Its clients see what is in use now.
            await #expect(throws: (any Error).self) { try await secure.get("/") }
        }
    }

    @Test("files that are no good are refused, told, and replaced by good ones later")
    func refuses() async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            try secure.folder.write(TestCertificates.other, to: "server.pem")
            Self.look(secure)
            let refused = try await secure.tls()
            #expect(refused.reloads == 0 && refused.refusedReloads == 1)
            #expect(refused.problem?.contains("does not belong to the first certificate") == true)
            #expect(try await secure.get("/").status == 200)
            // The same files are not refused again and again.
            Self.look(secure)
            #expect(try await secure.tls().refusedReloads == 1)

            try secure.folder.write(TestCertificates.otherKey, to: "server.key")
            Self.look(secure)
            let taken = try await secure.tls()
            #expect(taken.reloads == 1 && taken.problem == nil)
            #expect(try await secure.get("/").status == 200)
        }
    }
}
