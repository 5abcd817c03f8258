import HTTPTypes
import Hummingbird
import NIOCore

/// Every endpoint of the admin listener, in one table.
struct Endpoints: Sendable {
    private static let dashboard = "/api/admin/dashboard"

    let subject: any AdminSubject
    let version: String
    let settings: AdminSettings

    var all: [Endpoint] {
        let table = [
            Endpoint(.get, "/metrics", .statistics, "metrics for Prometheus", answer: metrics),
            Endpoint(.get, "/stats", .statistics, "all statistics as JSON", answer: stats),
            Endpoint(.get, "/healthz", .anybody, "200 while Weir is alive", answer: health),
            Endpoint(.get, "/readyz", .anybody, "200 while requests should be sent here, else 503", answer: readiness),
            view("/overview", "what matters, in short") { OverviewAnswer($0) },
            view("/costs", "what AI calls cost and saved, by model, route and persona") { CostsAnswer($0) },
            view("/users", "what AI calls cost and saved, by user") { UsersAnswer($0) },
            view("/cache", "the store and its outcomes") { CacheAnswer($0) },
            view("/circuits", "circuit breakers by upstream and service") { CircuitsAnswer($0) },
            view("/pools", "upstream connections") { PoolsAnswer($0) },
            view("/routes", "statistics by route") { RoutesAnswer($0) },
            Endpoint(
                .get,
                Self.dashboard + "/cache/popular",
                .administration,
                "the keys that are hit most",
                answer: popular
            ),
            Endpoint(
                .get,
                Self.dashboard + "/cache/popular/requests",
                .administration,
                "their requests as a list for cache/warm, where they are kept",
                answer: popularRequests
            ),
            Endpoint(
                .post,
                Self.dashboard + "/cache/invalidate",
                .administration,
                "remove stored answers by key, tag, pattern, user, persona, or all; with soft, mark them as stale",
                answer: invalidate
            ),
            Endpoint(
                .post,
                Self.dashboard + "/cache/warm",
                .administration,
                "send the requests of a list, JSON lines, so that their answers are stored",
                answer: warm
            ),
            Endpoint(
                .post,
                Self.dashboard + "/circuits/reset",
                .administration,
                "close the circuit breakers of an upstream, or of one service of it",
                answer: resetCircuits
            ),
        ]
        let index = IndexPage.render(table, version: version)
        return [
            Endpoint(.get, "/", .anybody, "this page") { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "text/html; charset=utf-8"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: index))
                )
            }
        ] + table
    }

    // MARK: Looking

    private func statistics() async -> Statistics {
        var statistics = await subject.statistics()
        statistics.version = version
        return statistics
    }

    @Sendable private func metrics(_: Request, _: AdminContext) async throws -> Response {
        Response(
            status: .ok,
            headers: [.contentType: MetricsPage.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: MetricsPage.render(await statistics())))
        )
    }

    @Sendable private func stats(_: Request, _: AdminContext) async throws -> Response {
        try JSONAnswer.response(await statistics(), layout: .indented)
    }

    @Sendable private func health(_: Request, _: AdminContext) async throws -> Response {
        try JSONAnswer.response(["status": "ok"])
    }

    @Sendable private func readiness(_: Request, _: AdminContext) async throws -> Response {
        let readiness = subject.readiness
        return try JSONAnswer.response(
            ["status": readiness.rawValue],
            status: readiness == .ready ? .ok : .serviceUnavailable
        )
    }

    private func view(
        _ name: String,
        _ summary: String,
        _ select: @escaping @Sendable (Statistics) -> some Encodable & Sendable
    ) -> Endpoint {
        Endpoint(.get, Self.dashboard + name, .administration, summary) { _, _ in
            try JSONAnswer.response(select(await statistics()))
        }
    }

    // MARK: Steering

    @Sendable private func invalidate(_ request: Request, _: AdminContext) async throws -> Response {
        let wanted = try CachePurge(try await Self.body(of: request))
        let count = await subject.purge(wanted.purge, softly: wanted.isSoft)
        return try JSONAnswer.response(
            CachePurgeAnswer(
                removed: wanted.isSoft ? nil : count,
                softened: wanted.isSoft ? count : nil,
                untold: await subject.arePurgesTold() ? nil : true
            )
        )
    }

    @Sendable private func resetCircuits(_ request: Request, _: AdminContext) async throws -> Response {
        let wanted = try CircuitReset(try await Self.body(of: request))
        guard let count = subject.resetBreakers(upstream: wanted.upstream, service: wanted.service) else {
            throw AdminError.unknownUpstream(wanted.upstream, known: subject.upstreamNames)
        }
        return try JSONAnswer.response(["reset": count])
    }

    private static func body(of request: Request) async throws -> JSONValue {
        let type = request.headers[.contentType]
        guard mediaType(type) == "application/json" else { throw AdminError.unexpectedType(type, "application/json") }
        return try JSONValue(parsing: try await bytes(of: request, limit: AdminContext.maxBody).readableBytesView)
    }

    /// Without its parameters.
    static func mediaType(_ type: String?) -> String? {
        type?.prefix { $0 != ";" }.split(separator: " ").joined().lowercased()
    }

    static func bytes(of request: Request, limit: Int) async throws -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw AdminError.bodyTooLarge(limit: limit)
        }
    }
}
