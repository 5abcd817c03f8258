package import NIOCore

/// What a request to the API may use, before it is sent: what its text is in tokens, about, and the most that it lets the
/// answer be. Exact where the input is given in tokens.
///
/// | endpoint | input | output |
/// |---|---|---|
/// | chat completions | every string of `messages` and 3 a message, `tools`, `functions` and `response_format` as they stand, and 3 for the answer's beginning | `max_completion_tokens` or `max_tokens`, times `n` |
/// | responses | every string of `input` and 3 an item, `instructions`, `tools` and `text` as they stand, and 3 | `max_output_tokens` |
/// | completions | `prompt` and `suffix` | `max_tokens`, which is 16 where not given, times each prompt's `n` or `best_of` |
/// | embeddings, moderations | `input` | none |
///
/// Of a picture only the detail asked for counts: 85 tokens, or 765 (one of 1024 by 1024 in high detail); of sound and
/// files in base64 their length. What the provider fetches itself (a file by its ID, a conversation that it keeps) cannot
/// be told.
package struct RequestEstimate: Sendable, Equatable {
    /// In tokens.
    package var input: Int
    /// In tokens: what the request sets as the most, or ``assumedOutput`` where it does not.
    package var output: Int
    /// Whether the answer cannot be longer than ``output``.
    package var isOutputBound: Bool

    /// The length that an answer is taken to have where the request does not bound it, in tokens.
    package static let assumedOutput = 1_024

    /// As the answer's usage would tell it.
    package var usage: Usage { Usage(prompt: input, completion: output, total: total) }

    package var total: Int {
        let (sum, overflows) = input.addingReportingOverflow(output)
        return overflows ? .max : sum
    }

    /// Of a request that nobody has read: a token for four bytes.
    package init(unreadBytes: Int) {
        input = max(0, unreadBytes) / 4
        output = Self.assumedOutput
        isOutputBound = false
    }

    /// - Parameter body: the whole body, without content coding.
    /// - Returns: nil for an endpoint that is not answered by tokens, and for a body that is no JSON object.
    package static func read(_ body: ByteBuffer, endpoint: APIEndpoint) -> RequestEstimate? {
        guard endpoint.isKeyedByBody, let document = try? JSONDocument(body) else { return nil }
        return RequestEstimate(document, endpoint: endpoint)
    }

    init?(_ document: JSONDocument, endpoint: APIEndpoint) {
        guard document.kind(JSONDocument.root) == .object else { return nil }
        var text = RequestText(document)
        var bound: Int? = 0
        switch endpoint {
        case .chatCompletions:
            text.addMessages("messages")
            text.addAsWritten(["tools", "functions", "response_format"])
            bound = text.count("max_completion_tokens", "max_tokens")
        case .responses:
            text.addMessages("input")
            text.addStrings(["instructions"])
            text.addAsWritten(["tools", "text"])
            bound = text.count("max_output_tokens")
        case .completions:
            text.addInputs("prompt")
            text.addStrings(["suffix"])
            bound = text.count("max_tokens") ?? 16
        case .embeddings, .moderations:
            text.addInputs("input")
        case .fineTuning, .models, .other:
            return nil
        }
        input = text.tokens
        isOutputBound = bound != nil
        let (output, overflows) = (bound ?? Self.assumedOutput).multipliedReportingOverflow(by: text.answers(endpoint))
        self.output = overflows ? .max : output
    }
}
