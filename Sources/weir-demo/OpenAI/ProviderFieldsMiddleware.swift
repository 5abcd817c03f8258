import HTTPTypes
import Hummingbird

/// Adds what the API's answers carry about one call, and gives unknown URLs the API's own error.
struct ProviderFieldsMiddleware: RouterMiddleware {
    let controls: Controls

    func handle(
        _ request: Request,
        context: DemoContext,
        next: (Request, DemoContext) async throws -> Response
    ) async throws -> Response {
        let clock = ContinuousClock()
        let start = clock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let error = APIError(
                status: .notFound,
                message: "Invalid URL (\(request.method) \(request.uri.path))",
                type: "invalid_request_error"
            )
            response = try error.response(from: request, context: context)
        } catch let error as APIError {
            response = try error.response(from: request, context: context)
        }
        guard !request.uri.path.hasPrefix("/_demo") else { return response }
        let number = controls.calls.total
        let milliseconds = Int((clock.now - start) / .milliseconds(1))
        for (name, value) in Self.fields(number: number, milliseconds: milliseconds) {
            response.headers[name] = value
        }
        return response
    }

    private static func fields(number: Int, milliseconds: Int) -> [(HTTPField.Name, String)] {
        let id = SHA256Digest.hex(of: "request \(number)".utf8).prefix(32)
        return [
            (HTTPField.Name("x-request-id")!, "req_\(id)"),
            (HTTPField.Name("openai-processing-ms")!, String(max(milliseconds, 1))),
            (HTTPField.Name("openai-organization")!, "weir-demo"),
            (HTTPField.Name("openai-version")!, "2020-10-01"),
            (.setCookie, "__cf_bm=demo\(number); path=/; HttpOnly"),
        ]
    }
}
