import Foundation
import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// What one proxy leaves behind for the next.
@Suite struct SnapshotTests {
    private static let routes = [
        RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http, tags: ["all"]))
    ]

    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("weir.snapshot")
    }

    /// A proxy with a host of its own in the keys, whatever its port, that stores `body` for each target.
    private func withWarmWeir(
        body: String,
        snapshot: String? = "",
        _ test: (Weir) async throws -> Void
    ) async throws {
        let file = snapshot.map { $0.isEmpty ? path : $0 }
        try await withWeir(routes: Self.routes, configure: { $0.cache.snapshot = file }) { _, connection in
            try await connection.respond(fields: "Cache-Control: max-age=600\r\n", body: body)
        } _: { weir in
            try await test(weir)
        }
    }

    private func get(_ target: String, of weir: Weir) async throws -> String {
        try await weir.request("GET", target).text
    }

    @Test("the next proxy serves what the last one stored, as old as it is by then, and tells what it read")
    func warm() async throws {
        try await withWarmWeir(body: "first") { weir in
            #expect(await weir.proxy.snapshot().restored == RestoredSnapshot(isUnderWay: true))
            await weir.proxy.restoreSnapshot()
            #expect(await weir.proxy.snapshot().restored?.outcome.fault == .missing)
            _ = try await get("/a", of: weir)
            weir.clock.advance(by: .seconds(7))
            await weir.proxy.stop()
            await weir.proxy.close()
        }
        try await withWarmWeir(body: "second") { weir in
            weir.clock.advance(by: .seconds(30))
            await weir.proxy.restoreSnapshot()
            let restored = try #require(await weir.proxy.snapshot().restored)
            #expect(restored.outcome.entries == 1 && !restored.isUnderWay && restored.outcome.fault == nil)
            let answer = try await weir.request("GET", "/a")
            #expect(answer.text == "first" && answer["Age"] == "30" && answer["Cache-Status"] == "weir; hit; ttl=570")
            #expect(weir.proxy.store.purge(.tags(["all"])) == 1)
        }
    }

    @Test("what is fetched or purged between the start and the reading counts for more than what is read")
    func meanwhile() async throws {
        try await withWarmWeir(body: "first") { weir in
            await weir.proxy.restoreSnapshot()
            for target in ["/a", "/b", "/c"] { _ = try await get(target, of: weir) }
            await weir.proxy.close()
        }
        try await withWarmWeir(body: "second") { weir in
            _ = try await get("/a", of: weir)
            #expect(weir.proxy.store.purge(.pattern(GlobPattern("/b"))) == 0)
            await weir.proxy.restoreSnapshot()
            let (a, b, c) = try await (get("/a", of: weir), get("/b", of: weir), get("/c", of: weir))
            #expect([a, b, c] == ["second", "second", "first"])
        }
    }

    @Test("a proxy that has not read the file, or not served, does not write over it")
    func untouched() async throws {
        try await withWarmWeir(body: "first") { weir in
            _ = try await get("/a", of: weir)
            await weir.proxy.close()
            #expect(!FileManager.default.fileExists(atPath: path))
            await weir.proxy.restoreSnapshot()
            await weir.proxy.close()
            #expect(FileManager.default.fileExists(atPath: path))
        }
        // Without the setting it is nothing to it.
        try await withWarmWeir(body: "second", snapshot: nil) { weir in
            await weir.proxy.restoreSnapshot()
            #expect(await weir.proxy.snapshot().restored == nil)
            _ = try await get("/a", of: weir)
            await weir.proxy.close()
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("a task that is cancelled writes nothing")
    func cancelled() async throws {
        try await withWarmWeir(body: "first") { weir in
            await weir.proxy.restoreSnapshot()
            _ = try await get("/a", of: weir)
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask { await weir.proxy.close() }
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
