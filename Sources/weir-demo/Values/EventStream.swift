import HTTPTypes
import Hummingbird
import NIOCore

/// Sends server-sent events one write an event, waiting between them as the request asks.
struct EventStream: Sendable {
    enum Ending: Sendable {
        /// A proper last chunk.
        case complete
        /// The connection closed, without one, after so many events.
        case brokenOff(after: Int)
    }

    let request: Request
    let context: DemoContext
    let controls: Controls
    var interval: Duration = .zero
    var ending: Ending = .complete

    /// - Parameter events: each with its final blank line.
    func response(_ events: [String], headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "text/event-stream; charset=utf-8"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-cache" }
        let body = ResponseBody { writer in
            do {
                for (index, event) in events.enumerated() {
                    if case .brokenOff(index) = ending { throw BrokenOff() }
                    if index > 0 { try await pause() }
                    try await writer.write(ByteBuffer(string: event))
                }
                try await writer.finish(nil)
            } catch let error as BrokenOff {
                throw error
            } catch {
                controls.calls.recordAbandoned(request)
                throw error
            }
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func pause() async throws {
        try await context.pause(interval)
        let gate = request.headers[.demoEventGate] ?? request.uri.queryParameters["event_gate"].map(String.init)
        if let gate { try await controls.gates.wait(at: gate, until: context.channel.closeFuture) }
    }
}
