import NIOCore
import Testing
import WeirHTTP

@testable import WeirOpenAI

@Suite("Asking for usage")
struct UsageInjectionTests {
    @Test(
        "A streamed request asks for usage, and nothing else in it changes",
        arguments: [
            (#"{"stream":true}"#, #"{"stream_options":{"include_usage":true},"stream":true}"#),
            (
                "\n { \"model\" : \"m\",\"stream\":true , \"x\": 1.0 } ",
                "\n {\"stream_options\":{\"include_usage\":true}, \"model\" : \"m\",\"stream\":true , \"x\": 1.0 } "
            ),
            (
                #"{"stream":true,"stream_options":null,"a":1}"#,
                #"{"stream":true,"stream_options":{"include_usage":true},"a":1}"#
            ),
            (#"{"stream":true,"stream_options":{ }}"#, #"{"stream":true,"stream_options":{"include_usage":true}}"#),
            (
                #"{"stream":true,"stream_options":{"include_usage": false ,"x":1}}"#,
                #"{"stream":true,"stream_options":{"include_usage": true ,"x":1}}"#
            ),
            (
                #"{"stream":true,"stream_options":{"include_usage":null}}"#,
                #"{"stream":true,"stream_options":{"include_usage":true}}"#
            ),
            (
                #"{"stream_options":{"include_obfuscation":false},"stream":true}"#,
                #"{"stream_options":{"include_usage":true,"include_obfuscation":false},"stream":true}"#
            ),
        ]
    )
    func injected(body: String, expected: String) {
        let changed = UsageInjection.addIncludeUsage(to: buffer(body))
        #expect(changed.map { String(buffer: $0) } == expected)
        let request = AIRequest.read(
            buffer(expected),
            endpoint: .chatCompletions,
            fields: [:],
            settings: PersonaSettings()
        )
        #expect(request.wantsUsage)
        #expect(request.canonical.map { String(buffer: $0) } == canonical(body))
        #expect(UsageInjection.addIncludeUsage(to: buffer(expected)) == nil)
    }

    @Test(
        "Other requests stay as they are",
        arguments: [
            "", "{", "{}", "[]", #"{"stream":false}"#, #"{"stream":"true"}"#, #"{"stream":null}"#,
            #"{"stream":true,"stream_options":{"include_usage":true}}"#, #"{"stream":true,"stream_options":[]}"#,
            #"{"stream":true,"stream_options":"x"}"#, #"{"stream":true,"stream":true}"#,
            #"{"stream":true,"stream_options":{},"stream_options":{}}"#,
            #"{"stream":true,"stream_options":{"include_usage":false,"include_usage":false}}"#,
            #"{"stream":true,"stream_options":{"include_usage":1}}"#, #"{"a":{"stream":true}}"#,
        ]
    )
    func untouched(body: String) {
        #expect(UsageInjection.addIncludeUsage(to: buffer(body)) == nil)
    }
}
