import Hummingbird

/// `/v1/models` and `/v1/models/{id}`. Other names are accepted where a model is asked for.
struct ModelRoutes {
    private static let names = [
        "gpt-4o-mini", "gpt-4o", "gpt-5-mini", "text-embedding-3-small", "text-embedding-3-large",
        "omni-moderation-latest", "demo-slow", "demo-cut", "demo-stream-error", "demo-error-401", "demo-error-429",
        "demo-error-500", "demo-quota", "demo-slow-down", "demo-overloaded", "demo-credit", "demo-limit",
    ]

    func add(to router: Router<DemoContext>) {
        router.get("v1/models") { _, _ in
            Response.json(["object": "list", "data": .array(Self.names.map(Self.json))])
        }
        router.get("v1/models/:id") { _, context in
            let id = try context.parameters.require("id")
            guard Self.names.contains(id) else {
                throw APIError(
                    status: .notFound,
                    message: "The model '\(id)' does not exist",
                    type: "invalid_request_error",
                    param: "model",
                    code: "model_not_found"
                )
            }
            return Response.json(Self.json(id))
        }
    }

    private static func json(_ id: String) -> JSONValue {
        ["id": .string(id), "object": "model", "created": 1_735_689_600, "owned_by": "weir-demo"]
    }
}
