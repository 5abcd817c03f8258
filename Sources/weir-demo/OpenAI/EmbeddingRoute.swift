import FoundationEssentials
import Hummingbird

/// `/v1/embeddings`: a string, tokens, or an array of either; as numbers or base64.
struct EmbeddingRoute {
    private static let mostInputs = 2048
    private static let mostTokens = 300_000

    func add(to group: RouterGroup<DemoContext>) {
        group.post("embeddings") { request, context in
            let asked = try await request.decode(as: JSONValue.self, context: context)
            return Response.json(try Self.answer(asked))
        }
    }

    private static func answer(_ asked: JSONValue) throws -> JSONValue {
        guard let model = asked["model"]?.string else {
            throw APIError.invalid("you must provide a model parameter")
        }
        let inputs = try inputs(asked)
        let dimensions = asked["dimensions"]?.integer ?? (model.hasSuffix("-large") ? 3072 : 1536)
        guard (1...3072).contains(dimensions) else {
            throw APIError.invalid("'dimensions' is from 1 to 3072", param: "dimensions")
        }
        // One item that cannot be embedded fails them all.
        if let bad = inputs.firstIndex(where: { $0.contains("demo-bad-item") }) {
            throw APIError.invalid("'$.input[\(bad)]' is invalid.", param: "input")
        }
        let tokens = inputs.reduce(0) { $0 + Author.count($1) }
        guard tokens <= mostTokens else {
            let message = "Requested \(tokens) tokens, max \(mostTokens) tokens per request"
            throw APIError(status: .badRequest, message: message, type: "max_tokens_per_request", param: "input")
        }
        let asBase64 = asked["encoding_format"]?.string == "base64"
        let data = inputs.enumerated().map { index, input -> JSONValue in
            let embedding = Embedding(model: model, input: input, dimensions: dimensions)
            let value = asBase64 ? .string(Data(embedding.bytes).base64EncodedString()) : embedding.json
            return ["object": "embedding", "index": .integer(index), "embedding": value]
        }
        return [
            "object": "list",
            "data": .array(data),
            "model": .string(model),
            "usage": ["prompt_tokens": .integer(tokens), "total_tokens": .integer(tokens)],
        ]
    }

    /// Every input as text; tokens as their numbers.
    private static func inputs(_ asked: JSONValue) throws -> [String] {
        guard let input = asked["input"] else {
            throw APIError.invalid("Missing required parameter: 'input'.", param: "input")
        }
        let items: [JSONValue]
        if let values = input.array {
            items = values.first?.integer == nil ? values : [input]
        } else {
            items = [input]
        }
        let inputs = items.map { item in
            item.string ?? (item.array ?? []).compactMap(\.integer).map(String.init).joined(separator: " ")
        }
        guard (1...mostInputs).contains(inputs.count), !inputs.contains("") else {
            throw APIError.invalid("'$.input' is invalid.", param: "input")
        }
        return inputs
    }
}
