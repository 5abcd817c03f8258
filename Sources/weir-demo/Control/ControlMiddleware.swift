import HTTPTypes
import Hummingbird

/// Counts a call, then makes it wait or fail as it or a test has asked.
struct ControlMiddleware: RouterMiddleware {
    let controls: Controls
    /// Before every answer; a request's `X-Demo-Latency-Ms` comes first.
    var latency: Duration = .zero

    func handle(
        _ request: Request,
        context: DemoContext,
        next: (Request, DemoContext) async throws -> Response
    ) async throws -> Response {
        guard !request.uri.path.hasPrefix("/_demo") else { return try await next(request, context) }
        controls.calls.record(request)
        do {
            try await wait(request, context)
            if let fault = controls.faults.take(for: request.uri.path) { return try failure(fault, context) }
            return try await next(request, context)
        } catch let error as ClientLeft {
            controls.calls.recordAbandoned(request)
            throw error
        }
    }

    private func wait(_ request: Request, _ context: DemoContext) async throws {
        let asked = request.headers[.demoLatency].flatMap(Int.init).map(Duration.milliseconds)
        try await context.pause(asked ?? latency)
        let gate = request.headers[.demoGate] ?? request.uri.queryParameters["gate"].map(String.init)
        if let gate { try await controls.gates.wait(at: gate, until: context.channel.closeFuture) }
    }

    private func failure(_ fault: Fault, _ context: DemoContext) throws -> Response {
        guard let status = fault.status else {
            context.channel.close(promise: nil)
            throw BrokenOff()
        }
        let message = "weir-demo was told to fail"
        let code = fault.code.map(JSONValue.string) ?? .null
        return .json(
            ["error": ["message": .string(message), "type": "server_error", "param": .null, "code": code]],
            status: HTTPResponse.Status(code: status),
            headers: fault.retryAfter.map { [.retryAfter: $0] } ?? [:]
        )
    }
}
