import NIOCore
import WeirHTTP
import WeirOpenAI

extension FuzzTarget {
    /// The body of an AI request, or any value, which then is a member of one.
    static let json = FuzzTarget("json") {
        jsonSeeds.map { Array($0.utf8) }
    } property: { (input) throws(Violation) in
        let isObject = input.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
        let text = isObject ? input : Array("{\"input\":".utf8) + input + Array("}".utf8)
        let request = read(text)
        if let canonical = request.canonical.map({ Array($0.readableBytesView) }) {
            try requireEqual(read(canonical).canonical?.text, canonical.buffer.text, "canonical twice")
            try SecondJSONReader.check(text, against: canonical)
        }
        try checkInjection(text, request)
        for endpoint in APIEndpoint.allCases where endpoint != .embeddings {
            let other = AIRequest.read(text.buffer, endpoint: endpoint, fields: [:], settings: PersonaSettings())
            try require((other.canonical == nil) != (other.bypass == nil), "neither a key nor a reason")
        }
        try checkEstimates(text)
    }

    private static let jsonSeeds = [
        "{}", "[]", "null", "-0.0e+10", "\"\\ud83d\\ude00\\u0000\\/\"", "[1,1.0,1e0,10e-1]",
        "{\"b\":[3,{\"d\":1,\"c\":null}],\"a\":true,\"\":\"\"}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"stream\":true,\"user\":\"u\"}",
        "{\"stream\":true,\"stream_options\":{\"include_usage\":false,\"x\":1},\"metadata\":{\"interests\":[\"a\",\"b\"]}}",
        "{\"tools\":[{\"type\":\"function\"}],\"previous_response_id\":null,\"input\":[{\"type\":\"item_reference\"}]}",
        "{\"messages\":[{\"content\":[{\"type\":\"image_url\"},{\"text\":\"\\ud83d\\ude00 a1\\n\"}]}],\"max_tokens\":9,\"n\":2}",
        "{\"prompt\":[[1,2],\"a\"],\"input\":[{\"type\":\"input_audio\",\"data\":\"AAAA\"}],\"best_of\":999999999999999999}",
        "{\"a\":1,\"\\u0061\":2}", "[[[[[[[[]]]]]]]]", "12345678901234567890123456789012345678901234567890.5e-3",
    ]

    private static func read(_ text: [UInt8]) -> AIRequest {
        AIRequest.read(text.buffer, endpoint: .embeddings, fields: [:], settings: PersonaSettings())
    }

    /// Nothing that is estimated is negative, or out of proportion: a picture is the most that few bytes can be.
    private static func checkEstimates(_ text: [UInt8]) throws(Violation) {
        for endpoint in APIEndpoint.allCases {
            guard let estimate = RequestEstimate.read(text.buffer, endpoint: endpoint) else { continue }
            try require((0...3 + 50 * text.count).contains(estimate.input), "an input of \(estimate.input) tokens")
            try require(estimate.output >= 0 && estimate.total >= estimate.output, "an output of \(estimate.output)")
        }
    }

    /// Asking for the usage changes nothing else of what a request means.
    private static func checkInjection(_ text: [UInt8], _ request: AIRequest) throws(Violation) {
        guard let changed = UsageInjection.addIncludeUsage(to: text.buffer) else { return }
        let after = read(Array(changed.readableBytesView))
        try require(after.wantsStream && after.wantsUsage, "the usage is not asked for: \(changed.text)")
        try require(!request.wantsUsage, "the usage was asked for already")
        try requireEqual(after.canonical?.text, request.canonical?.text, "the key of a changed request")
        try require(UsageInjection.addIncludeUsage(to: changed) == nil, "asked for twice")
    }
}
