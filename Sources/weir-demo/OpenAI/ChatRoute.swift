import FoundationEssentials
import Hummingbird

/// `/v1/chat/completions`.
struct ChatRoute {
    let controls: Controls
    let prompts: PromptCache

    func add(to group: RouterGroup<DemoContext>) {
        group.post("chat/completions") { request, context in
            let asked = try await request.decode(as: JSONValue.self, context: context)
            let created = Int(Date().timeIntervalSince1970)
            var answer = try ChatAnswer(asked, number: controls.calls.total, created: created)
            answer.cachedTokens = prompts.cachedTokens(
                of: Prompt.texts(messages: asked["messages"]?.array ?? []).all,
                tokens: answer.promptTokens,
                credential: request.headers[.authorization],
                model: answer.model
            )
            guard asked["stream"]?.bool == true else { return Response.json(answer.json) }
            let includeUsage = asked["stream_options"]?["include_usage"]?.bool == true
            return StreamedAnswer(request: request, context: context, controls: controls, model: answer.model)
                .response(answer.events(includeUsage: includeUsage), errorEvent: ChatAnswer.errorEvent)
        }
    }
}
