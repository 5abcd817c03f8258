import HTTPTypes
import Hummingbird

/// Reads the body whole, notes it for `/_demo/last`, and fails where the model's name asks for it.
struct ModelFaultMiddleware: RouterMiddleware {
    let controls: Controls

    func handle(
        _ request: Request,
        context: DemoContext,
        next: (Request, DemoContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: context.maxUploadSize)
        controls.calls.recordLast(
            RequestDescription.json(
                request,
                bodyBytes: body.readableBytes,
                bodySHA256: SHA256Digest.hex(of: body.readableBytesView)
            )
        )
        let asked = try? await request.decode(as: JSONValue.self, context: context)
        guard let asked, case .object = asked else {
            throw APIError.invalid("We could not parse the JSON body of your request.")
        }
        guard let model = asked["model"]?.string.flatMap(ModelFault.init) else {
            return try await next(request, context)
        }
        switch model {
        case .status(let status):
            throw ModelFault.error(status: status)
        case .quota:
            throw ModelFault.quotaError
        case .busy(let status, let code):
            var error = ModelFault.error(status: status)
            error.code = code
            error.headers[.retryAfter] = "1"
            throw error
        case .spent(let code):
            var error = ModelFault.quotaError
            error.code = code
            throw error
        case .slow:
            try await context.pause(.seconds(2))
            return try await next(request, context)
        case .cut where asked["stream"]?.bool != true:
            let text = Array(String(repeating: " ", count: 1000).utf8)
            return .cut(text, after: text.count / 2, headers: [.contentType: "application/json"])
        case .cut, .errorEvent:
            return try await next(request, context)
        }
    }
}
