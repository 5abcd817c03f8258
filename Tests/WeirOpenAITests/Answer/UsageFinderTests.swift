import NIOCore
import Testing

@testable import WeirOpenAI

@Suite struct UsageFinderTests {
    private func find(_ text: String, pieces size: Int) -> UsageFinder {
        var finder = UsageFinder()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            finder.feed(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
        }
        return finder
    }

    @Test(
        "finds what reading the whole answer finds, however it is cut",
        arguments: [
            (Fixtures.chatBody, APIEndpoint.chatCompletions), (Fixtures.responseBody, .responses),
            (Fixtures.embeddingsBody, .embeddings), (Fixtures.moderationsBody, .moderations),
            (
                #"{"data":[{"usage":{"prompt_tokens":9}}], "model" : "\u006d" ,"usage" : {"prompt_tokens" :1,"total_tokens":1} }"#,
                .embeddings
            ),
            ("{}", .chatCompletions), ("[]", .chatCompletions), (#"{"usage":null,"model":7}"#, .chatCompletions),
        ]
    )
    func same(text: String, endpoint: APIEndpoint) {
        let expected = AnswerInspector.read(ByteBuffer(string: text), endpoint: endpoint, allowedFinishReasons: [])
        for size in [1, 2, 3, 7, 100_000] {
            let finder = find(text, pieces: size)
            #expect(finder.usage == expected.usage && finder.model == expected.model)
        }
    }

    @Test("what is too long to be either is not kept")
    func long() {
        let finder = find(
            #"{"model":"\#(String(repeating: "x", count: 20_000))","usage":{"prompt_tokens":2}}"#,
            pieces: 700
        )
        #expect(finder.model == nil && finder.usage?.prompt == 2)
    }

    @Test("counts that would not fit are bounded")
    func bounded() {
        let usage = find(#"{"usage":{"prompt_tokens":999999999999999999,"completion_tokens":-4}}"#, pieces: 9).usage
        #expect(usage?.prompt == 1 << 40 && usage?.completion == 0)
    }
}
