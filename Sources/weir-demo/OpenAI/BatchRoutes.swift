import Hummingbird
import Synchronization

/// `/v1/batches`: remembers the last ones, and never works any of them.
struct BatchRoutes {
    private static let most = 100

    private final class Batches: Sendable {
        let all = Mutex<[(id: String, json: JSONValue)]>([])
    }

    private let batches = Batches()

    func add(to router: Router<DemoContext>) {
        let batches = batches
        router.post("v1/batches") { request, context in
            let asked = try await request.decode(as: JSONValue.self, context: context)
            guard let file = asked["input_file_id"]?.string, let endpoint = asked["endpoint"]?.string else {
                throw APIError.invalid("Missing required parameter: 'input_file_id'.", param: "input_file_id")
            }
            let json = batches.all.withLock { all in
                let id = "batch_demo\(all.count + 1)"
                let json = Self.json(id, file: file, endpoint: endpoint, metadata: asked["metadata"], "validating")
                if all.count < Self.most { all.append((id, json)) }
                return json
            }
            return Response.json(json)
        }
        router.get("v1/batches") { _, _ in
            let all = batches.all.withLock { $0.map(\.json) }
            return Response.json(["object": "list", "data": .array(all), "has_more": false])
        }
        router.get("v1/batches/:id") { _, context in
            let id = try context.parameters.require("id")
            guard let batch = batches.all.withLock({ $0.first { $0.id == id } }) else {
                throw APIError(
                    status: .notFound,
                    message: "No batch found with id '\(id)'.",
                    type: "invalid_request_error"
                )
            }
            return Response.json(batch.json)
        }
    }

    private static func json(
        _ id: String,
        file: String,
        endpoint: String,
        metadata: JSONValue?,
        _ status: String
    ) -> JSONValue {
        [
            "id": .string(id),
            "object": "batch",
            "endpoint": .string(endpoint),
            "errors": .null,
            "input_file_id": .string(file),
            "completion_window": "24h",
            "status": .string(status),
            "created_at": 1_735_689_600,
            "request_counts": ["total": 0, "completed": 0, "failed": 0],
            "metadata": metadata ?? .null,
        ]
    }
}
