import WeirHTTP
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Answers each request on every connection alike.
func answering(_ answer: @escaping Answer) -> ScriptedOrigin.Script {
    { connection in while let request = try await connection.nextRequest() { try await answer(request, connection) } }
}

/// Breaks every connection off at its first request.
let resets: ScriptedOrigin.Script = { connection in
    try await connection.expectRequest()
    await connection.reset()
}

/// Runs a test against a proxy with the upstreams `app` and `other`, the second of which is the routes' fallback where
/// they have one.
/// - Parameter first: what `app` does; nothing listens there where nil.
nonisolated(nonsending) func withTwoUpstreams(
    routes: [RouteSettings],
    configure: (inout ProxySettings) -> Void = { _ in },
    first: ScriptedOrigin.Script?,
    other: @escaping ScriptedOrigin.Script,
    _ body: nonisolated(nonsending) (Weir, ScriptedOrigin) async throws -> Void
) async throws {
    try await withScriptedOrigin(limit: .seconds(20), other) { origin in
        try await withWeir(
            routes: routes,
            configure: { settings in
                let url = UpstreamURL(scheme: .http, host: "127.0.0.1", port: origin.port)
                settings.upstreams[0].retry.attempts = 1
                settings.upstreams.append(UpstreamSettings(name: "other", url: url))
                configure(&settings)
            },
            script: first ?? { _ in }
        ) { weir in
            if first == nil { await weir.origin.stopListening() }
            try await body(weir, origin)
        }
    }
}
