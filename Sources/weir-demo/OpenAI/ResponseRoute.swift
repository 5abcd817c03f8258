import FoundationEssentials
import Hummingbird

/// `/v1/responses`.
struct ResponseRoute {
    let controls: Controls
    let prompts: PromptCache

    func add(to group: RouterGroup<DemoContext>) {
        group.post("responses") { request, context in
            let asked = try await request.decode(as: JSONValue.self, context: context)
            var answer = try ResponseAnswer(
                asked,
                number: controls.calls.total,
                created: Int(Date().timeIntervalSince1970)
            )
            answer.cachedTokens = prompts.cachedTokens(
                of: asked["input"]?.text ?? "",
                tokens: answer.inputTokens,
                credential: request.headers[.authorization],
                model: answer.model
            )
            guard asked["stream"]?.bool == true else { return Response.json(answer.json()) }
            return StreamedAnswer(request: request, context: context, controls: controls, model: answer.model)
                .response(answer.events(), errorEvent: ResponseAnswer.errorEvent)
        }
    }
}
