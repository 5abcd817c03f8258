import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

/// Around every answer: gives the request its id, turns errors into their JSON, and adds the fields that all have.
struct AnswerMiddleware: RouterMiddleware {
    typealias Context = AdminContext

    /// By path.
    private let methods: [String: [HTTPRequest.Method]]

    init(_ endpoints: [Endpoint]) {
        methods = Dictionary(grouping: endpoints) { Self.segments($0.path) }.mapValues { $0.map(\.method) }
    }

    func handle(
        _ request: Request,
        context: AdminContext,
        next: (Request, AdminContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let id = request.headers[.requestID], Self.isUsable(id) { context.requestID = id }
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            // The server answers this one itself, and closes.
            throw error
        } catch {
            let error = refusal(for: error, of: request, context)
            response = try JSONAnswer.response(
                ErrorAnswer(error, requestID: context.requestID),
                status: error.status
            )
            for field in error.fields { response.headers.append(field) }
        }
        response.headers[.requestID] = context.requestID
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        // An error knows nothing of its method.
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func refusal(for error: any Error, of request: Request, _ context: AdminContext) -> AdminError {
        if let error = error as? AdminError { return error }
        if let error = error as? HTTPError, error.status == .notFound {
            guard let methods = methods[Self.segments(request.uri.path)] else {
                return .notFound(request.uri.path)
            }
            let allowed = methods.flatMap { $0 == .get ? ["GET", "HEAD"] : [$0.rawValue] }
            return .methodNotAllowed(request.method.rawValue, allowed: allowed.joined(separator: ", "))
        }
        context.logger.error("admin request failed", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
        return .internal
    }

    /// The router takes no notice of empty segments, so neither does this.
    private static func segments(_ path: String) -> String { path.split(separator: "/").joined(separator: "/") }

    /// Short, and of characters that neither a field nor a log line minds.
    private static func isUsable(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
