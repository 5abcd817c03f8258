import NIOCore
import Testing
import WeirHTTP

@testable import WeirOpenAI

@Suite("AI requests")
struct AIRequestTests {
    @Test("Requests that mean the same share a canonical form", arguments: SharedRequests.pairs)
    func shared(left: String, right: String) {
        #expect(!identity(left).hasPrefix("bypass"))
        #expect(identity(left).utf8.elementsEqual(identity(right).utf8))
    }

    @Test("Requests that differ in meaning never share one", arguments: DistinctRequests.pairs)
    func distinct(left: String, right: String) {
        #expect(!identity(left).hasPrefix("bypass"))
        #expect(!identity(right).hasPrefix("bypass"))
        #expect(!identity(left).utf8.elementsEqual(identity(right).utf8))
    }

    @Test("The tables are as long as they claim, and every pair of theirs is a pair")
    func tables() {
        #expect(SharedRequests.pairs.count >= 60)
        #expect(DistinctRequests.pairs.count >= 120)
        #expect((SharedRequests.pairs + DistinctRequests.pairs).allSatisfy { !$0.utf8.elementsEqual($1.utf8) })
    }

    @Test(
        "What cannot be keyed says why",
        arguments: [
            ("", .invalidJSON), ("{", .invalidJSON), ("{} x", .invalidJSON), ("a=1&b=2", .invalidJSON),
            ("[]", .notAnObject), ("\"x\"", .notAnObject), ("1", .notAnObject), ("null", .notAnObject),
            (#"{"a":1,"a":1}"#, .repeatedMember), (#"{"a":1,"\u0061":1}"#, .repeatedMember),
            (#"{"metadata":{"x":1,"x":2}}"#, .repeatedMember), (#"{"user":"a","user":"a"}"#, .repeatedMember),
            (#"{"stream_options":[{"y":{"x":1,"x":2}}]}"#, .repeatedMember),
            (#"{"user":"a","us\u0065r":"b"}"#, .repeatedMember),
            (#"{"a":"# + String(repeating: "[", count: 200), .tooDeep),
            (#"{"web_search_options":{}}"#, .webSearch), (#"{"model":"gpt-4o-search-preview"}"#, .webSearch),
            (#"{"model":"gpt-4o-mini-search-preview-2025-03-11"}"#, .webSearch),
            (#"{"model":"gpt-5-search-api"}"#, .webSearch),
            (#"{"tools":[{"type":"function"},{"type":"web_search_preview"}]}"#, .webSearch),
            (#"{"tools":[{"type":"mcp"}]}"#, .hostedTools), (#"{"tools":[{"name":"x"}]}"#, .hostedTools),
            (#"{"metadata":{"experience_level":5}}"#, .unreadablePersona),
            (#"{"metadata":{"experience_level":"\ud800"}}"#, .unreadablePersona),
            (#"{"metadata":{"interests":["a",1]}}"#, .unreadablePersona),
            (#"{"metadata":{"interests":{}}}"#, .unreadablePersona), (#"{"user":5}"#, .unreadableUser),
        ] as [(String, BypassReason)]
    )
    func bypass(body: String, reason: BypassReason) {
        let request = AIRequest.read(buffer(body), endpoint: .chatCompletions, fields: [:], settings: PersonaSettings())
        #expect(request.bypass == reason)
        #expect(request.canonical == nil)
    }

    @Test(
        "Responses requests that depend on state or the outside world are not kept",
        arguments: [
            (#"{"input":"a","previous_response_id":"r"}"#, .stateful),
            (#"{"input":"a","conversation":"c"}"#, .stateful),
            (#"{"input":"a","conversation":{"id":"c"}}"#, .stateful),
            (#"{"input":"a","context_management":[{}]}"#, .stateful),
            (#"{"input":[{"type":"item_reference","id":"x"}]}"#, .stateful),
            (#"{"input":[{"role":"user","content":"a"},{"id":"x"}]}"#, .stateful),
            (#"{"input":[{"type":null,"id":"x"}]}"#, .stateful),
            (#"{"input":"a","background":true}"#, .background), (#"{"input":"a","background":"x"}"#, .background),
            (#"{"prompt":{"id":"p"}}"#, .promptTemplate), (#"{"prompt":{"id":"p","version":null}}"#, .promptTemplate),
            (#"{"tools":[{"type":"web_search"}]}"#, .webSearch),
            (#"{"tools":[{"type":"web_search_preview_2025_03_11"}]}"#, .webSearch),
            (#"{"tools":[{"type":"file_search"}]}"#, .hostedTools),
            (#"{"tools":[{"type":"code_interpreter"}]}"#, .hostedTools),
            (#"{"tools":[{"type":"computer_use_preview"}]}"#, .hostedTools),
            (#"{"tools":[{"type":"mcp"}]}"#, .hostedTools), (#"{"tools":[{"type":"image_generation"}]}"#, .hostedTools),
            (#"{"input":"a","previous_response_id":null,"conversation":null,"background":false}"#, nil),
            (#"{"prompt":{"id":"p","version":"3"}}"#, nil),
            (#"{"input":[{"role":"user","content":"a"}],"tools":[{"type":"function","name":"f"}]}"#, nil),
            (#"{"input":"a","store":true}"#, nil),
        ] as [(String, BypassReason?)]
    )
    func responses(body: String, reason: BypassReason?) {
        let request = AIRequest.read(buffer(body), endpoint: .responses, fields: [:], settings: PersonaSettings())
        #expect(request.bypass == reason)
        #expect((request.canonical == nil) == (reason != nil))
    }

    @Test("Bytes that are no UTF-8 are not keyed")
    func invalidUTF8() {
        let body = ByteBuffer(bytes: Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
        let request = AIRequest.read(body, endpoint: .embeddings, fields: [:], settings: PersonaSettings())
        #expect(request.bypass == .invalidUTF8)
    }

    @Test("Only endpoints whose answers hang on the body alone are kept", arguments: APIEndpoint.allCases)
    func endpoints(endpoint: APIEndpoint) {
        let request = AIRequest.read(buffer("{}"), endpoint: endpoint, fields: [:], settings: PersonaSettings())
        let isKept = ![.fineTuning, .models, .other].contains(endpoint)
        #expect((request.bypass == nil) == isKept)
        #expect((request.canonical != nil) == isKept)
        #expect(isKept || request.bypass == .endpoint)
    }

    @Test(
        "What lies elsewhere may be another thing tomorrow; what comes with the request may not",
        arguments: [
            (.chatCompletions, #"{"messages":[{"content":[{"image_url":{"url":"https://x.test/a.png"}}]}]}"#, false),
            (.chatCompletions, #"{"messages":[{"content":[{"image_url":{"url":"http://x.test/a.png"}}]}]}"#, false),
            (.chatCompletions, #"{"messages":[{"content":[{"image_url":"gs://x/a.png"}]}]}"#, false),
            (.chatCompletions, #"{"messages":[{"content":[{"image\u005furl":{"url":"https://x"}}]}]}"#, false),
            (.chatCompletions, #"{"messages":[{"content":[{"type":"file","file":{"file_id":"file-1"}}]}]}"#, false),
            (.chatCompletions, #"{"messages":[{"content":[{"image_url":{"url":"data:image/png;base64,AA"}}]}]}"#, true),
            (.chatCompletions, #"{"messages":[{"content":[{"image_url":{"url":"DATA:image/png;base64,AA"}}]}]}"#, true),
            (.chatCompletions, #"{"messages":[{"content":[{"type":"file","file":{"file_data":"AA"}}]}]}"#, true),
            (.chatCompletions, #"{"messages":[{"content":"see https://x.test/a.png"}]}"#, true),
            (.chatCompletions, #"{"tools":[{"type":"function","function":{"parameters":{"file_id":{}}}}]}"#, true),
            (.responses, #"{"input":[{"content":[{"type":"input_image","image_url":"https://x.test/a"}]}]}"#, false),
            (.responses, #"{"input":[{"content":[{"type":"input_image","file_id":"file-1"}]}]}"#, false),
            (.responses, #"{"input":[{"content":[{"type":"input_file","file_url":"https://x.test/a"}]}]}"#, false),
            (.responses, #"{"prompt":{"id":"p","version":"1","variables":{"f":{"file_id":"file-1"}}}}"#, false),
            (.responses, #"{"input":[{"content":[{"image_url":"data:image/png;base64,AA","file_id":null}]}]}"#, true),
            (.moderations, #"{"input":[{"type":"image_url","image_url":{"url":"https://x.test/a"}}]}"#, false),
            (.moderations, #"{"input":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]}"#, true),
        ] as [(APIEndpoint, String, Bool)]
    )
    func external(endpoint: APIEndpoint, body: String, isKept: Bool) {
        let request = AIRequest.read(buffer(body), endpoint: endpoint, fields: [:], settings: PersonaSettings())
        #expect(request.bypass == (isKept ? nil : .externalInput))
        #expect((request.canonical != nil) == isKept)
    }

    @Test(
        "Other providers' ways to search the web are known too",
        arguments: [
            (#"{"plugins":[{"id":"web"}]}"#, false), (#"{"plugins":[]}"#, true),
            (#"{"model":"openai/gpt-4o:online"}"#, false),
            (#"{"model":"sonar"}"#, false), (#"{"model":"perplexity/sonar-pro"}"#, false),
            (#"{"model":"sonarus"}"#, true),
            (#"{"search_parameters":{"mode":"auto"}}"#, false), (#"{"enable_search":true}"#, false),
            (#"{"enable_search":false}"#, true), (#"{"search_recency_filter":"week"}"#, false),
        ]
    )
    func searching(body: String, isKept: Bool) {
        for endpoint in [APIEndpoint.chatCompletions, .responses, .completions] {
            let request = AIRequest.read(buffer(body), endpoint: endpoint, fields: [:], settings: PersonaSettings())
            #expect(request.bypass == (isKept ? nil : .webSearch))
        }
    }

    @Test(
        "The tokens of a request are told from its text",
        arguments: [
            (#"{}"#, 0...0), (#"{"messages":[{"role":"user","content":"Tell me of water, and of stone."}]}"#, 10...16),
            (#"{"input":[[1,2,3],[4,5,6,7]]}"#, 7...9),
            (#"{"input":""# + String(repeating: "water ", count: 1000) + #""}"#, 1500...1510),
            (#"{"input":"data:image/png;base64,"# + String(repeating: "A", count: 100_000) + #""}"#, 0...10),
        ] as [(String, ClosedRange<Int>)]
    )
    func promptTokens(body: String, tokens: ClosedRange<Int>) {
        let request = AIRequest.read(buffer(body), endpoint: .responses, fields: [:], settings: PersonaSettings())
        #expect(tokens.contains(request.promptTokens))
    }

    @Test("A body that cannot be keyed still has the persona and the user of the headers")
    func headersOfBypassed() {
        let fields: FieldSection = ["x-persona-learning-style": "visual", "X-USER-ID": "ann"]
        for body in ["", "{", #"{"a":1,"a":1}"#] {
            let request = AIRequest.read(
                buffer(body),
                endpoint: .chatCompletions,
                fields: fields,
                settings: PersonaSettings()
            )
            #expect(request.canonical == nil)
            #expect(request.persona == Persona([.learningStyle: "visual"]))
            #expect(request.user == "ann")
        }
    }

    @Test("A request that is not kept still tells its model and how it wants to be answered")
    func bypassedDelivery() {
        let body = #"{"model":"m","web_search_options":{},"stream":true,"stream_options":{"include_usage":true}}"#
        let request = AIRequest.read(buffer(body), endpoint: .chatCompletions, fields: [:], settings: PersonaSettings())
        #expect(request.bypass == .webSearch)
        #expect(request.model == "m")
        #expect(request.wantsStream)
        #expect(request.wantsUsage)
    }

    @Test(
        "Streaming and usage are wanted only by a true",
        arguments: [
            ("{}", false, false), (#"{"stream":true}"#, true, false), (#"{"stream":"true"}"#, false, false),
            (#"{"stream":1}"#, false, false), (#"{"stream":null}"#, false, false),
            (#"{"stream":true,"stream_options":null}"#, true, false),
            (#"{"stream":true,"stream_options":{"include_usage":false}}"#, true, false),
            (#"{"stream":true,"stream_options":{"include_usage":true}}"#, true, true),
            (#"{"metadata":{"stream":true}}"#, false, false),
        ]
    )
    func delivery(body: String, stream: Bool, usage: Bool) {
        let request = AIRequest.read(buffer(body), endpoint: .chatCompletions, fields: [:], settings: PersonaSettings())
        #expect(request.wantsStream == stream)
        #expect(request.wantsUsage == usage)
    }

    @Test("The canonical form holds what is left, sorted")
    func form() {
        #expect(
            canonical(
                #"{"stream":true,"model":"m","messages":[{"role":"user","content":"\u0048i"}],"user":"u","n":1.0}"#
            )
                == #"{"messages":[{"content":"Hi","role":"user"}],"model":"m","n":1}"#
        )
        #expect(canonical(#"{"user":"u"}"#) == "{}")
        #expect(canonical(#"{"a":1,"user":"u","z":2}"#) == #"{"a":1,"z":2}"#)
    }

    @Test("A canonical form read again is itself")
    func fixedPoint() {
        for (left, _) in SharedRequests.pairs + DistinctRequests.pairs {
            let form = canonical(left)
            #expect(canonical(form).utf8.elementsEqual(form.utf8))
        }
    }
}
