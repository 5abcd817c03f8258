import Hummingbird

/// `/v1/moderations`: flags what speaks of attack or violence.
struct ModerationRoute {
    private static let categories = [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent",
        "self-harm", "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence",
        "violence/graphic",
    ]

    let controls: Controls

    func add(to group: RouterGroup<DemoContext>) {
        group.post("moderations") { request, context in
            let asked = try await request.decode(as: JSONValue.self, context: context)
            guard let input = asked["input"] else {
                throw APIError.invalid("Missing required parameter: 'input'.", param: "input")
            }
            return Response.json([
                "id": .string("modr-demo\(controls.calls.total)"),
                "model": asked["model"] ?? "omni-moderation-latest",
                "results": .array(Self.texts(input).map(Self.result)),
            ])
        }
    }

    /// One text an input; an array of parts is one input.
    private static func texts(_ input: JSONValue) -> [String] {
        guard let values = input.array else { return [Prompt.text(input)] }
        let strings = values.compactMap(\.string)
        return strings.count == values.count ? strings : [Prompt.text(input)]
    }

    private static func result(_ text: String) -> JSONValue {
        let isFlagged = ["attack", "violence", "kill"].contains { text.lowercased().contains($0) }
        return [
            "flagged": .bool(isFlagged),
            "categories": .object(categories.map { ($0, .bool(isFlagged && $0 == "violence")) }),
            "category_scores": .object(
                categories.map { ($0, .double(isFlagged && $0 == "violence" ? 0.97 : 0.0001)) }
            ),
            "category_applied_input_types": .object(categories.map { ($0, ["text"]) }),
        ]
    }
}
