import Foundation
import WeirTesting

@testable import WeirProxy

/// Requests and answers of the embeddings API, as they stand on the wire. A text's vector is its own, and its tokens are
/// as many as its letters.
enum Embeddings {
    static let path = "/v1/embeddings"

    static func body(_ inputs: [String], members: String = "") -> String {
        let texts = inputs.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"model":"m","input":[\#(texts)]\#(members)}"#
    }

    static func body(_ input: String, members: String = "") -> String {
        #"{"model":"m","input":"\#(input)"\#(members)}"#
    }

    static func vector(_ input: String) -> String {
        "[" + input.utf8.map { "0.\($0)" }.joined(separator: ",") + "]"
    }

    /// - Parameter tokens: the letters of all where nil.
    static func answer(_ inputs: [String], tokens: Int? = nil, isBase64: Bool = false) -> String {
        let data = inputs.enumerated().map { index, input in
            let value = isBase64 ? "\"\(Data(input.utf8).base64EncodedString())\"" : vector(input)
            return #"{"object":"embedding","index":\#(index),"embedding":\#(value)}"#
        }
        let tokens = tokens ?? inputs.reduce(0) { $0 + $1.utf8.count }
        return #"{"object":"list","data":[\#(data.joined(separator: ","))],"model":"m","#
            + #""usage":{"prompt_tokens":\#(tokens),"total_tokens":\#(tokens)}}"#
    }

    /// What a request asks for.
    static func inputs(_ request: ReceivedRequest) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(request.body.bytes)) as? [String: Any]
        return object?["input"] as? [String] ?? [object?["input"] as? String ?? ""]
    }

    /// Answers as the API does: one text `bad` fails them all.
    static let answering: Answer = { request, connection in
        let inputs = try inputs(request)
        guard !inputs.contains("bad") else {
            return try await connection.respond(
                status: "400 Bad Request",
                fields: "Content-Type: application/json\r\n",
                body: #"{"error":{"message":"bad input"}}"#
            )
        }
        let isBase64 = request.body.text.contains(#""encoding_format":"base64""#)
        try await connection.respond(
            fields: "Content-Type: application/json\r\nX-Request-Id: r\r\n",
            body: answer(inputs, isBase64: isBase64)
        )
    }
}

extension Weir {
    func embed(_ inputs: [String], members: String = "", fields: String = "") async throws -> ReceivedResponse {
        try await chat(
            Embeddings.body(inputs, members: members),
            fields: "Authorization: Bearer a\r\n" + fields,
            path: Embeddings.path
        )
    }

    func embed(_ input: String, members: String = "", fields: String = "") async throws -> ReceivedResponse {
        try await chat(
            Embeddings.body(input, members: members),
            fields: "Authorization: Bearer a\r\n" + fields,
            path: Embeddings.path
        )
    }

    /// What the upstream was asked for, call by call.
    var calls: [[String]] { get throws { try origin.requests.map { try Embeddings.inputs($0) } } }
}
