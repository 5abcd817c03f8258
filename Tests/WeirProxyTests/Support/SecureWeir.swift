import NIOCore
import NIOSSL
import WeirTesting

@testable import WeirProxy

/// A proxy under test that listens with TLS, beside its plain listener.
struct SecureWeir {
    let weir: Weir
    let folder: TemporaryFolder

    var port: Int { weir.proxy.addresses[1].port }

    /// As the snapshot has it.
    func tls() async throws -> TLSSnapshot {
        guard let tls = await weir.proxy.snapshot().listeners[1].tls else { throw WireMismatch("no TLS") }
        return tls
    }

    func wait(for outcome: HandshakeOutcome, count: UInt64 = 1) async throws {
        try await weir.wait(for: "\(count) handshakes that are \(outcome)") { snapshot in
            snapshot.listeners[1].tls?.handshakes[outcome] == count
        }
    }

    /// One request on a connection of its own.
    func get(_ target: String, fields: String = "") async throws -> ReceivedResponse {
        try await withRawClient(port: port, tls: try TestCertificates.clientContext()) { client in
            try await client.get(target, fields: fields)
        }
    }
}

/// Runs a test against a proxy with a plain and a TLS listener.
nonisolated(nonsending) func withSecureWeir<Result>(
    routes: [RouteSettings] = [RouteSettings(path: "/", upstream: "app")],
    clientCertificates: TLSSettings.ClientCertificates? = nil,
    configure: (inout ProxySettings) -> Void = { _ in },
    answer: @escaping Answer,
    _ body: nonisolated(nonsending) (SecureWeir) async throws -> Result
) async throws -> Result {
    let folder = try TemporaryFolder()
    var tls = TLSSettings(
        certificate: try folder.write(TestCertificates.server, to: "server.pem"),
        key: try folder.write(TestCertificates.serverKey, to: "server.key")
    )
    if let clientCertificates {
        tls.clientCA = try folder.write(TestCertificates.authority, to: "ca.pem")
        tls.clientCertificates = clientCertificates
    }
    let listener = ListenerSettings(ListenAddress(host: "127.0.0.1", port: 0), tls: tls)
    return try await withWeir(
        routes: routes,
        configure: { settings in
            settings.listen.append(listener)
            configure(&settings)
        },
        answer: answer
    ) { weir in
        try await body(SecureWeir(weir: weir, folder: folder))
    }
}
