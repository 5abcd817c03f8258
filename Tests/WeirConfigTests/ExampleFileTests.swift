import Testing
import WeirAdmin
import WeirLedger
import WeirProxy
import WeirUpstream

@testable import WeirConfig

@Suite struct ExampleFileTests {
    private static let file = "proxy.conf.example"

    /// The example with its commented keys switched on. They stand behind a `#` without a space.
    private static func switchedOn() throws -> String {
        try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indentation = line.prefix { $0 == " " }
            let rest = line.dropFirst(indentation.count)
            guard rest.hasPrefix("#"), let next = rest.dropFirst().first, next.isLetter else { return String(line) }
            return String(indentation + rest.dropFirst())
        }.joined(separator: "\n")
    }

    /// Without what needs a file of the reader's own.
    private static func switchedOnWithoutFiles() throws -> String {
        var text = try switchedOn().replacing("ca_file: ca.pem", with: "ca_file:")
            .replacing("snapshot: weir.snapshot", with: "snapshot:")
            .replacing("public_keys: [jwt.pem]", with: "public_keys:")
            .replacing("${JWT_SECRET}", with: String(repeating: "s", count: 32))
        let start = try #require(text.firstRange(of: "    tls:\n")).lowerBound
        let end = try #require(text.firstRange(of: "min_version: 1.2\n")).upperBound
        text.removeSubrange(start..<end)
        return text
    }

    @Test("The example is a configuration as it stands")
    func parses() throws {
        let configuration = try Sample.read(try Repository.text(Self.file))
        #expect(configuration.proxy.listen == [ListenerSettings(ListenAddress(host: "127.0.0.1", port: 8080))])
        #expect(configuration.admin == AdminSettings())
        #expect(configuration.proxy.upstreams.map(\.name) == ["app", "openai"])
        #expect(configuration.proxy.upstreams.map(\.headers.count) == [0, 0])
        #expect(configuration.proxy.routes.count == 5)
    }

    @Test("With every default switched on, the example is still a configuration")
    func parsesSwitchedOn() throws {
        _ = try Sample.read(try Self.switchedOnWithoutFiles())
    }

    @Test("What the example gives as a default of the listener's, the log's and the cache's bounds is the default")
    func defaults() throws {
        let shown = try Sample.read(try Self.switchedOnWithoutFiles())
        let least = try Sample.read(Sample.least)
        #expect(shown.proxy.limits == least.proxy.limits)
        #expect(shown.proxy.cache == least.proxy.cache)
        // Its URL comes from a variable that nobody has set.
        #expect(shown.proxy.tier == nil)
        #expect(shown.proxy.persona == least.proxy.persona)
        #expect(shown.proxy.listen == least.proxy.listen)
        #expect(shown.proxy.drain == least.proxy.drain)
        #expect(shown.proxy.routes.last?.features == least.proxy.routes.last?.features)
        #expect(shown.proxy.upstreams.first?.breaker == least.proxy.upstreams.first?.breakerSettings(of: .other))
        #expect(shown.proxy.upstreams.last?.pool == least.proxy.upstreams.first?.pool)
        #expect(shown.proxy.upstreams.last?.timeouts == least.proxy.upstreams.first?.timeouts)
        let several = try #require(shown.proxy.upstreams.first { $0.name == "search" })
        #expect(several.ejection == EjectionSettings())
        #expect(several.health == HealthSettings(path: "/healthz", status: 200))
        #expect(several.dns == DNSSettings())
        #expect(shown.proxy.prices == least.proxy.prices)
        let chat = try #require(shown.proxy.routes.first)
        #expect(chat.budget?.users == BudgetSettings().users)
        #expect(chat.budget?.unpriced == BudgetSettings().unpriced)
        #expect(chat.rateLimit?.entries == RateLimitSettings().entries)
        #expect(shown.log == least.log)
        #expect(shown.admin == least.admin)
    }

    @Test("What the example gives as a default of Redis is the default")
    func redis() throws {
        let text = try Self.switchedOnWithoutFiles()
        let shown = try Sample.read(text, ["WEIR_CACHE_REDIS": "redis://a"])
        #expect(shown.proxy.tier == (try Sample.read("cache: {redis: redis://a}\n" + Sample.least)).proxy.tier)
    }

    @Test("Every key of the reference stands in the example, under the same parents")
    func covers() throws {
        var reading = Reading(file: Self.file)
        let root = try #require(DocumentReader.read(try Self.switchedOn(), &reading))
        #expect(reading.problems.isEmpty)
        let shown = Self.paths(of: root, at: "")
        // The same keys as at the top or at an upstream; the example shows one of them.
        let repeated = Reference.rows.map(\.path).filter { path in
            path.hasPrefix("routes[].features.") || path.hasPrefix("routes[].timeouts.")
        }
        for row in Reference.rows where !repeated.contains(row.path) {
            #expect(shown.contains(row.path), "\(row.path)")
        }
    }

    /// Paths as the reference writes them.
    private static func paths(of node: Node, at prefix: String) -> Set<String> {
        switch node.content {
        case .scalar:
            return []
        case .sequence(let items):
            return items.reduce(into: []) { $0.formUnion(paths(of: $1, at: prefix.dropLast() + "[].")) }
        case .mapping(let members):
            return members.reduce(into: []) { paths, member in
                var path = prefix + member.key
                if ["upstreams.", "prices."].contains(prefix) { path = prefix + "NAME" }
                if prefix.hasSuffix(".breaker."), BreakersDraft.names.contains(member.key) { path = prefix + "SERVICE" }
                paths.insert(path)
                paths.formUnion(Self.paths(of: member.value, at: path + "."))
            }
        }
    }
}
