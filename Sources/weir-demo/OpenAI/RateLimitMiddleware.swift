import HTTPTypes
import Hummingbird

/// Keeps callers within ``RateLimits``, and tells in `x-ratelimit-*` what is left.
struct RateLimitMiddleware: RouterMiddleware {
    let limits: RateLimits

    func handle(
        _ request: Request,
        context: DemoContext,
        next: (Request, DemoContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: context.maxUploadSize)
        let model = (try? await request.decode(as: JSONValue.self, context: context))?["model"]?.string ?? ""
        let credential = request.headers[.authorization].map(Credential.fingerprint) ?? ""
        switch limits.take(tokens: max(body.readableBytes / 4, 1), account: "\(credential) \(model)") {
        case .taken(let requests, let tokens):
            var response = try await next(request, context)
            for (name, value) in Self.fields(requests, tokens) { response.headers[name] = value }
            return response
        case .refused(let requests, let tokens, let kind, let wait):
            let milliseconds = Int((wait / .milliseconds(1)).rounded(.up))
            var error = APIError(
                status: .tooManyRequests,
                message: "Rate limit reached for \(model) on \(kind) per min. Please try again in \(milliseconds)ms.",
                type: kind,
                code: "rate_limit_exceeded"
            )
            for (name, value) in Self.fields(requests, tokens) { error.headers[name] = value }
            error.headers[HTTPField.Name("retry-after-ms")!] = String(milliseconds)
            error.headers[.retryAfter] = String((milliseconds + 999) / 1000)
            throw error
        }
    }

    private static func fields(
        _ requests: RateLimits.Told,
        _ tokens: RateLimits.Told
    ) -> [(HTTPField.Name, String)] {
        [("requests", requests), ("tokens", tokens)].flatMap { kind, told in
            [
                (HTTPField.Name("x-ratelimit-limit-\(kind)")!, String(told.limit)),
                (HTTPField.Name("x-ratelimit-remaining-\(kind)")!, String(told.remaining)),
                (HTTPField.Name("x-ratelimit-reset-\(kind)")!, text(told.reset)),
            ]
        }
    }

    /// `6m0s`, `1.5s` or `12ms`.
    static func text(_ duration: Duration) -> String {
        let milliseconds = Int((duration / .milliseconds(1)).rounded(.up))
        let (minutes, rest) = milliseconds.quotientAndRemainder(dividingBy: 60_000)
        if minutes > 0 { return "\(minutes)m\(seconds(rest))s" }
        return rest < 1000 ? "\(rest)ms" : "\(seconds(rest))s"
    }

    private static func seconds(_ milliseconds: Int) -> String {
        let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        guard rest > 0 else { return String(whole) }
        return "\(whole)." + String(String(1000 + rest).dropFirst())
    }
}
