import NIOCore
import Testing

@testable import WeirOpenAI

@Suite struct PromptEconomyTests {
    private static let economy = PromptEconomy(
        PromptEconomySettings(
            minifiesJSON: true,
            replacements: [.init(find: "please ", with: ""), .init(find: "very very", with: "very")]
        )
    )

    private func thrifty(_ body: String, _ endpoint: APIEndpoint = .chatCompletions) -> String? {
        Self.economy.apply(to: ByteBuffer(string: body), endpoint: endpoint).map { String(buffer: $0.body) }
    }

    private func message(_ content: String) -> String {
        #"{ "model":"m", "messages": [{"role":"user","content":\#(content)}] }"#
    }

    @Test(
        "what is shortened is shortened, and all else stays byte by byte",
        arguments: [
            (#""say please what""#, #""say what""#),
            (#""very very very""#, #""very very""#),
            (#""{ \"a\" : [ 1, 2 ],\n \"b c\": \" x \\\" { y \" }""#, #""{\"a\":[1,2],\"b c\":\" x \\\" { y \"}""#),
            (
                #""look:\n```json\n{ \"a\": 1 }\n```\nand\n```json\n[ 1 ]\n```""#,
                #""look:\n```json\n{\"a\":1}\n```\nand\n```json\n[1]\n```""#
            ),
            (
                #"[{"type":"text","text":"please go"},{"type":"image_url"}]"#,
                #"[{"type":"text","text":"go"},{"type":"image_url"}]"#
            ),
            (#""please \u00e4\t""#, #""ä\t""#),
        ]
    )
    func shortened(content: String, expected: String) {
        #expect(thrifty(message(content)) == message(expected))
    }

    @Test(
        "what is no prompt, or no JSON, stays",
        arguments: [
            #""nothing to do""#, #""{ \"a\": 1""#, #""{ a: 1 }""#, #""```json\n{ \"a\": 1 }""#,
            #""```\n{ \"a\": 1 }\n```""#,
            #""see { \"a\": 1 } there""#, "null", "7", #""\ud800 please ""#,
        ]
    )
    func untouched(content: String) { #expect(thrifty(message(content)) == nil) }

    @Test(
        "prompts of each endpoint",
        arguments: [
            (.responses, #"{"instructions":"please a","input":"please b"}"#, #"{"instructions":"a","input":"b"}"#),
            (
                .responses, #"{"input":[{"content":[{"type":"input_text","text":"please a"}]},{"output":"[ 1 ]"}]}"#,
                #"{"input":[{"content":[{"type":"input_text","text":"a"}]},{"output":"[1]"}]}"#
            ),
            (.completions, #"{"prompt":["please a","b"]}"#, #"{"prompt":["a","b"]}"#),
            (.completions, #"{"prompt":[1,2],"suffix":"please "}"#, nil), (.embeddings, #"{"input":"please a"}"#, nil),
            (.moderations, #"{"input":"please a"}"#, nil), (.chatCompletions, #"{"messages":"#, nil),
            (.chatCompletions, "{}", nil),
        ] as [(APIEndpoint, String, String?)]
    )
    func endpoints(endpoint: APIEndpoint, body: String, expected: String?) {
        #expect(thrifty(body, endpoint) == expected)
    }

    @Test("tokens saved are those of the texts before, less those after")
    func tokens() throws {
        let body = ByteBuffer(string: message(#""[ 1,    2,    3 ]""#))
        let thrift = try #require(Self.economy.apply(to: body, endpoint: .chatCompletions))
        let saved = TokenEstimate.tokens(of: "[ 1,    2,    3 ]") - TokenEstimate.tokens(of: "[1,2,3]")
        #expect(thrift.savedTokens == saved && saved > 0)
    }

    @Test("whatever a text holds, it is a string again")
    func strings() {
        let text = String(decoding: (0..<128).map { UInt8($0) }, as: UTF8.self) + "ä€😀"
        var output = ByteBuffer()
        JSONString.write(Array(text.utf8).span, into: &output)
        let document = try? JSONDocument(output)
        #expect(document?.string(JSONDocument.root) == text)
    }
}
