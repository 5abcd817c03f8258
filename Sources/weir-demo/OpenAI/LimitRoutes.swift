import Hummingbird

/// `POST /_demo/limits`: `{"requests": n, "tokens": n}` a minute, for each credential and model; what is missing is not
/// limited. A reset brings back those of the command line.
struct LimitRoutes {
    private static let unlimited = 1_000_000_000

    let limits: RateLimits

    func add(to router: Router<DemoContext>) {
        router.post("_demo/limits") { [limits] request, context in
            let asked = try await request.decode(as: JSONValue.self, context: context)
            limits.set(
                RateLimits.Limits(
                    requestsPerMinute: max(asked["requests"]?.integer ?? Self.unlimited, 1),
                    tokensPerMinute: max(asked["tokens"]?.integer ?? Self.unlimited, 1)
                )
            )
            return Response(status: .noContent)
        }
    }
}
