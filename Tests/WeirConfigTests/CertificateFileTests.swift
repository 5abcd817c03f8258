import Foundation
import Testing
import WeirProxy
import WeirUpstream

@testable import WeirConfig

@Suite struct CertificateFileTests {
    @Test("A relative path starts in the folder of the configuration")
    func relative() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "-----BEGIN CERTIFICATE-----\n".write(
            to: folder.appending(path: "ca.pem"),
            atomically: true,
            encoding: .utf8
        )

        let configuration = try ConfigurationReader.read(
            """
            upstreams: {app: {url: "https://h", ca_file: ca.pem}}
            routes: [{path: /, upstream: app}]
            """,
            file: folder.appending(path: "proxy.conf").path(),
            environment: [:]
        )
        #expect(configuration.proxy.upstreams.map(\.caFile) == [folder.appending(path: "ca.pem").path()])
    }

    @Test("A folder is no file")
    func folder() {
        #expect(CertificateFile.check("/", besides: "proxy.conf") == .failure(.unreadable("/")))
    }
}
