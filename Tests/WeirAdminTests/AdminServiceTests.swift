import Logging
import ServiceLifecycle
import Testing
import WeirProxy
import WeirTesting

@testable import WeirAdmin

@Suite("Admin server as a service")
struct AdminServiceTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func server(port: Int, onListening: @escaping @Sendable (ListenAddress) -> Void) -> AdminServer {
        AdminServer(
            settings: AdminSettings(listen: ListenAddress(host: "127.0.0.1", port: port)),
            subject: FakeSubject(),
            version: "1.2.3",
            logger: logger,
            onListening: onListening
        )
    }

    @Test("It tells where it listens, serves there, and stops when it is told to")
    func lifecycle() async throws {
        let address = Watched<ListenAddress?>(nil)
        let group = ServiceGroup(
            services: [server(port: 0) { found in address.update { $0 = found } }],
            logger: logger
        )
        async let running: Void = group.run()
        let port = try await address.wait(for: "the address", limit: .seconds(10)) { $0?.port }
        try await withRawClient(port: port) { client in
            let response = try await client.request("GET", "/healthz")
            #expect(response.status == 200)
            #expect(response.text == "{\"status\":\"ok\"}\n")
        }
        await group.triggerGracefulShutdown()
        try await running
    }

    @Test("An address that is taken is told as a listen error")
    func taken() async throws {
        try await withScriptedOrigin { _ in
        } _: { origin in
            let port = origin.port
            await #expect {
                try await server(port: port) { _ in }.run()
            } throws: { error in
                guard let error = error as? ListenError else { return false }
                return error.description == "cannot listen on 127.0.0.1:\(port): the address is already in use"
            }
        }
    }
}
