import Testing
import WeirProxy
import WeirTesting

@testable import WeirConfig

/// The files of a listener's `tls`, which are looked into before anything is bound.
@Suite struct TLSFilesTests {
    private static func read(_ tls: String, in folder: TemporaryFolder) throws(ConfigurationErrors) -> Configuration {
        try ConfigurationReader.read(
            "listen: [{address: 127.0.0.1:8443, tls: {\(tls)}}]\n" + Sample.least,
            file: folder.path("proxy.conf"),
            environment: [:]
        )
    }

    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(TestCertificates.server, to: "server.pem")
        try folder.write(TestCertificates.serverKey, to: "server.key")
        try folder.write(TestCertificates.expired, to: "expired.pem")
        try folder.write(TestCertificates.expiredKey, to: "expired.key")
        try folder.write(TestCertificates.encryptedKey, to: "encrypted.key")
        try folder.write(TestCertificates.authority, to: "ca.pem")
        try folder.write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", to: "damaged.pem")
        try folder.write("", to: "empty.pem")
        return folder
    }

    @Test("A relative path starts in the folder of the configuration, and every key goes to its setting")
    func settings() throws {
        let folder = try Self.folder()
        let configuration = try Self.read(
            "certificate: server.pem, key: server.key, client_ca: ca.pem, client_certificates: optional, min_version: 1.3",
            in: folder
        )
        let expected = TLSSettings(
            certificate: folder.path("server.pem"),
            key: folder.path("server.key"),
            clientCA: folder.path("ca.pem"),
            clientCertificates: .optional,
            minimumVersion: .tls13
        )
        #expect(configuration.proxy.listen.map(\.tls) == [expected])
        #expect(configuration.warnings.isEmpty)
    }

    @Test(
        "What is no good is told at the place of its key",
        arguments: [
            ("certificate: none.pem, key: server.key", "55: cannot read the file '/none.pem'"),
            ("certificate: ., key: server.key", "55: cannot read the file '/.'"),
            ("certificate: empty.pem, key: server.key", "55: the file '/empty.pem' holds no PEM certificate"),
            ("certificate: damaged.pem, key: server.key", "55: the file '/damaged.pem' holds no PEM certificate"),
            ("certificate: server.key, key: server.key", "55: the file '/server.key' holds no PEM certificate"),
            ("certificate: server.pem, key: none.key", "72: cannot read the file '/none.key'"),
            ("certificate: server.pem, key: server.pem", "72: the file '/server.pem' holds no PEM private key"),
            (
                "certificate: server.pem, key: encrypted.key",
                "72: the private key in '/encrypted.key' is encrypted; Weir needs one that is not"
            ),
            (
                "certificate: server.pem, key: expired.key",
                "72: the private key in '/expired.key' does not belong to the first certificate in '/server.pem'"
            ),
            (
                "certificate: server.pem, key: server.key, client_ca: none.pem",
                "95: cannot read the file '/none.pem'"
            ),
            (
                "certificate: server.pem, key: server.key, client_certificates: optional",
                "105: 'client_certificates' needs a 'client_ca'"
            ),
            (
                "certificate: server.pem, key: server.key, min_version: 1.1",
                "97: expected 1.2 or 1.3, found '1.1'; did you mean '1.2'?"
            ),
            (
                "certificate: server.pem, key: server.key, client_ca: empty.pem",
                "95: the file '/empty.pem' holds no PEM certificate"
            ),
        ]
    )
    func problems(tls: String, expected: String) throws {
        let folder = try Self.folder()
        do throws(ConfigurationErrors) {
            _ = try Self.read(tls, in: folder)
            Issue.record("read")
        } catch {
            let told = error.problems.map { problem in
                "\(problem.column): \(problem.message.replacing(folder.path(""), with: "/"))"
            }
            #expect(told == [expected])
            #expect(error.problems.map(\.line) == [1])
        }
    }

    @Test("A certificate that has expired is a warning")
    func expired() throws {
        let folder = try Self.folder()
        let configuration = try Self.read("certificate: expired.pem, key: expired.key", in: folder)
        #expect(
            configuration.warnings.map { "\($0.line):\($0.column): \($0.message)" }
                == ["1:55: the certificate in '\(folder.path("expired.pem"))' has expired"]
        )
    }
}
