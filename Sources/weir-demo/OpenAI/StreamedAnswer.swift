import Hummingbird

/// Sends an answer's events, with the failure that the request's model asks for.
struct StreamedAnswer {
    let request: Request
    let context: DemoContext
    let controls: Controls
    let model: String

    /// - Parameters:
    ///   - events: each with its final blank line.
    ///   - errorEvent: what comes in the middle for `demo-stream-error`, as the last event.
    func response(_ events: [String], errorEvent: String) -> Response {
        var stream = EventStream(request: request, context: context, controls: controls)
        switch ModelFault(model: model) {
        case .cut:
            stream.ending = .brokenOff(after: events.count / 2)
            return stream.response(events)
        case .errorEvent:
            return stream.response(events.prefix(events.count / 2) + [errorEvent])
        case .slow:
            stream.interval = .milliseconds(100)
            return stream.response(events)
        case .status, .quota, .busy, .spent, nil:
            return stream.response(events)
        }
    }
}
