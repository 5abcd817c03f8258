import HTTPTypes
import Hummingbird

/// One thing that the admin listener answers.
struct Endpoint: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let access: Access
    /// For the page that lists them.
    let summary: String
    let answer: @Sendable (Request, AdminContext) async throws -> Response

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ access: Access,
        _ summary: String,
        answer: @escaping @Sendable (Request, AdminContext) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.summary = summary
        self.answer = answer
    }
}
