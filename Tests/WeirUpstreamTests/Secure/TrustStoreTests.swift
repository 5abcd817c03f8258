import NIOSSL
import Testing
import WeirTesting

@testable import WeirUpstream

/// Who is taken for the upstream.
@Suite("TrustStore") struct TrustStoreTests {
    private func objection(
        to certificate: String = TestCertificates.server,
        as host: String = "localhost",
        ca: String = TestCertificates.authority
    ) throws -> String? {
        let folder = try TemporaryFolder()
        let store = TrustStore.made(of: try folder.write(ca, to: "ca.pem"))
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { try $0.toDERBytes() }
        return store.objection(to: chain, as: ServerName(host: host))
    }

    @Test(
        "Names are those of the certificate, addresses its addresses",
        arguments: [
            ("localhost", nil), ("LOCALHOST", nil), ("localhost.", nil), ("127.0.0.1", nil),
            ("other", "hostname mismatch"), ("sub.localhost", "hostname mismatch"), ("local", "hostname mismatch"),
            ("127.0.0.2", "IP address mismatch"), ("::1", "IP address mismatch"),
        ] as [(String, String?)]
    )
    func names(host: String, expected: String?) throws {
        #expect(try objection(as: host) == expected)
    }

    @Test("Chains end with what is trusted, be it the certificate itself")
    func chains() throws {
        #expect(try objection(ca: TestCertificates.server) == nil)
        #expect(try objection(ca: TestCertificates.stranger + TestCertificates.authority) == nil)
        #expect(try objection(ca: TestCertificates.stranger) == "unable to get local issuer certificate")
        #expect(try objection(to: TestCertificates.expired) == "certificate has expired")
        #expect(try objection(to: TestCertificates.client) == nil)
        #expect(try objection(to: TestCertificates.stranger)?.hasPrefix("self-signed") == true)
    }

    @Test("What cannot be read trusts nobody")
    func unreadable() throws {
        #expect(try objection(ca: "nothing")?.hasSuffix("cannot be read") == true)
        let name = ServerName(host: "localhost")
        #expect(TrustStore.made(of: "/nowhere/ca.pem").objection(to: [], as: name)?.hasSuffix("cannot be read") == true)
        #expect(TrustStore.system.objection(to: [], as: name) != nil)
        #expect(TrustStore.system.objection(to: [[]], as: name) == "a certificate cannot be read")
        #expect(TrustStore.system.objection(to: [[0x30, 0x01]], as: name) == "a certificate cannot be read")
    }

    @Test("A file is read again for every certificate")
    func rotated() throws {
        let folder = try TemporaryFolder()
        let store = TrustStore.made(of: try folder.write(TestCertificates.stranger, to: "ca.pem"))
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.server.utf8)).map { try $0.toDERBytes() }
        let name = ServerName(host: "localhost")
        #expect(store.objection(to: chain, as: name) != nil)
        try folder.write(TestCertificates.authority, to: "ca.pem")
        #expect(store.objection(to: chain, as: name) == nil)
    }
}
