import FoundationEssentials
import Hummingbird

/// `/v1/completions`, the older interface: a prompt, or an array of them.
struct CompletionRoute {
    let controls: Controls

    func add(to group: RouterGroup<DemoContext>) {
        group.post("completions") { request, context in
            let asked = try await request.decode(as: JSONValue.self, context: context)
            let answer = try CompletionAnswer(
                asked,
                number: controls.calls.total,
                created: Int(Date().timeIntervalSince1970)
            )
            guard asked["stream"]?.bool == true else { return Response.json(answer.json) }
            let includeUsage = asked["stream_options"]?["include_usage"]?.bool == true
            return StreamedAnswer(request: request, context: context, controls: controls, model: answer.model)
                .response(answer.events(includeUsage: includeUsage), errorEvent: ChatAnswer.errorEvent)
        }
    }
}
