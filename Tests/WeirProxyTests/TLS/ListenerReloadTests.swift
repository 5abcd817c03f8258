import NIOCore
import Testing
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// What is served at an address changes with the configuration, while its socket and its connections stay.
@Suite struct ListenerReloadTests {
    private static let answer: Answer = { _, connection in try await connection.respond(body: "hello") }

    /// Another certificate, which clients can tell by its having expired.
    private static func next(_ folder: TemporaryFolder) throws -> TLSSettings {
        TLSSettings(
            certificate: try folder.write(TestCertificates.expired, to: "next.pem"),
            key: try folder.write(TestCertificates.expiredKey, to: "next.key")
        )
    }

    @Test("another certificate serves new connections; an open one, and the request on it, go on")
    func certificate() async throws {
        let gate = Gate()
        try await withSecureWeir { request, connection in
            if request.target == "/held" { try await gate.wait() }
            try await connection.respond(body: "hello")
        } _: { secure in
            let (port, before) = (secure.port, try await secure.tls().notAfter)
            try await withRawClient(port: port, tls: try TestCertificates.clientContext()) { client in
                try await client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
                try await secure.weir.origin.waitForRequests(count: 1)
                var settings = secure.weir.proxy.settings
                settings.listen[1].tls = try Self.next(secure.folder)
                try await secure.weir.proxy.reload(settings)
                #expect(secure.port == port)
                await #expect(throws: (any Error).self) { try await secure.get("/") }
                gate.open()
                #expect(try await client.response().text == "hello")
                let kept = try await client.get("/")
                #expect(kept.text == "hello" && kept["Connection"] == nil)
            }
            try await secure.wait(for: .failed)
            let tls = try await secure.tls()
            #expect(tls.notAfter < before && tls.reloads == 1 && tls.handshakes[.completed] == 1)
        }
    }

    @Test("a reload takes changed files at once, and leaves those alone that have not changed")
    func sameSettings() async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            try await secure.weir.proxy.reload(secure.weir.proxy.settings)
            #expect(try await secure.tls().reloads == 0)
            let before = try await secure.tls().notAfter
            try secure.folder.write(TestCertificates.expired, to: "server.pem")
            try secure.folder.write(TestCertificates.expiredKey, to: "server.key")
            for _ in 0..<2 { try await secure.weir.proxy.reload(secure.weir.proxy.settings) }
            // Nor does the watch find anything new.
            for _ in 0..<2 { secure.weir.proxy.reloadCertificates() }
            let tls = try await secure.tls()
            #expect(tls.notAfter < before && tls.reloads == 1)
        }
    }

    @Test("a file that is no good refuses the whole reload: no other certificate, address or route of it is taken")
    func refused() async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            let weir = secure.weir
            var settings = weir.proxy.settings
            settings.routes = [RouteSettings(path: "/new", upstream: "app")]
            settings.listen[0].tls = try Self.next(secure.folder)
            settings.listen[1].tls = try Self.next(secure.folder)
            let plain = ListenAddress(host: "127.0.0.1", port: 0)
            let bad = TLSSettings(
                certificate: settings.listen[1].tls?.certificate ?? "",
                key: secure.folder.path("none")
            )
            settings.listen += [ListenerSettings(plain), ListenerSettings(plain, tls: bad)]
            let (wanted, addresses) = (settings, weir.proxy.addresses)
            await #expect(throws: ListenError.self) { try await weir.proxy.reload(wanted) }
            #expect(weir.proxy.addresses == addresses)
            #expect(try await weir.request("GET", "/old").text == "hello")
            #expect(try await secure.get("/old").text == "hello")
            let status = weir.proxy.configurationStatus
            #expect(status.generation == 1 && status.refusedReloads == 1)
            #expect(status.problems == ["cannot listen on 127.0.0.1:0: cannot read the file '\(bad.key)'"])
        }
    }

    @Test("files that were refused by the watch refuse a reload too, until they are mended")
    func stillBad() async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            let proxy = secure.weir.proxy
            try secure.folder.write(TestCertificates.other, to: "server.pem")
            for _ in 0..<2 { proxy.reloadCertificates() }
            #expect(try await secure.tls().refusedReloads == 1)
            await #expect(throws: ListenError.self) { try await proxy.reload(proxy.settings) }
            #expect(try await secure.get("/").status == 200)
            try secure.folder.write(TestCertificates.otherKey, to: "server.key")
            try await proxy.reload(proxy.settings)
            let tls = try await secure.tls()
            #expect(tls.problem == nil && tls.reloads == 1 && tls.refusedReloads == 1)
            #expect(try await secure.get("/").status == 200)
        }
    }

    @Test("an address goes from HTTP to HTTPS and back without being bound anew")
    func scheme() async throws {
        try await withSecureWeir(answer: Self.answer) { secure in
            let weir = secure.weir
            let plain = weir.proxy.settings
            var secured = plain
            secured.listen[0].tls = plain.listen[1].tls
            let wanted = secured
            try await withRawClient(port: weir.port) { old in
                #expect(try await old.get("/").text == "hello")
                try await weir.proxy.reload(wanted)
                #expect(weir.proxy.addresses[0].port == weir.port)
                #expect(try await old.get("/").text == "hello")
                #expect(try await weir.request().status == 400)
                let context = try TestCertificates.clientContext()
                try await withRawClient(port: weir.port, tls: context) { client in
                    #expect(try await client.get("/").text == "hello")
                    try await weir.proxy.reload(plain)
                    #expect(try await client.get("/").text == "hello")
                }
                #expect(try await weir.request().text == "hello")
            }
            #expect(await weir.proxy.snapshot().listeners.map { $0.tls == nil } == [true, false])
        }
    }
}
