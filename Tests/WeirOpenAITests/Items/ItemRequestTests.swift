import NIOCore
import Testing
import WeirHTTP

@testable import WeirOpenAI

@Suite struct ItemRequestTests {
    private func request(_ body: String, endpoint: APIEndpoint = .embeddings) -> AIRequest {
        AIRequest.read(buffer(body), endpoint: endpoint, fields: [:], settings: PersonaSettings())
    }

    private func canonicals(_ request: AIRequest) -> [String]? {
        request.items.map { items in items.items.indices.map { String(buffer: items.canonical(of: $0)) } }
    }

    @Test(
        "an input is told by its items",
        arguments: [
            (#""a""#, [#""a""#]), (#"["a"]"#, [#""a""#]), (#"["a", "b\u0041" ]"#, [#""a""#, #""bA""#]),
            ("[1, 2,3]", ["[1,2,3]"]), ("[[1, 2],[3]]", ["[1,2]", "[3]"]), ("[[1.0]]", ["[1]"]),
            (#"["",""]"#, [#""""#, #""""#]),
        ]
    )
    func items(input: String, items: [String]) throws {
        let request = request(#"{"user":"u", "model" : "m","input":\#(input),"encoding_format":"base64"}"#)
        let expected = items.map { #"{"encoding_format":"base64","input":\#($0),"model":"m"}"# }
        #expect(canonicals(request) == expected)
        #expect(request.canonical.map { String(buffer: $0) } == (items.count == 1 ? expected[0] : nil))
        #expect(request.bypass == nil)
    }

    @Test(
        "what does not consist of items stays whole",
        arguments: [
            "[]", "{}", "null", "1", #"["a",1]"#, #"["a",["b"]]"#, "[[]]", "[[1],[]]", #"[["a"]]"#, "[null]",
            #"[{"type":"text","text":"a"}]"#,
        ],
        [APIEndpoint.embeddings, .moderations]
    )
    func whole(input: String, endpoint: APIEndpoint) {
        let request = request(#"{"model":"m","input":\#(input)}"#, endpoint: endpoint)
        #expect(request.items == nil && request.canonical != nil)
    }

    @Test("moderations take no tokens, and streams and other endpoints have no items")
    func others() {
        #expect(request(#"{"input":[1,2]}"#, endpoint: .moderations).items == nil)
        #expect(request(#"{"input":["a","b"]}"#, endpoint: .moderations).items?.items.count == 2)
        #expect(request(#"{"input":["a","b"],"stream":true}"#).items == nil)
        #expect(request(#"{"input":["a","b"]}"#, endpoint: .responses).items == nil)
    }

    @Test("more items than the API takes stay whole")
    func bound() {
        func body(_ count: Int) -> String {
            #"{"input":["# + [String](repeating: #""a""#, count: count).joined(separator: ",") + "]}"
        }
        #expect(request(body(2_048)).items?.items.count == 2_048)
        #expect(request(body(2_049)).items == nil && request(body(2_049)).canonical != nil)
    }

    @Test(
        "repeated members are refused as anywhere",
        arguments: [#"{"input":["a","b"],"input":["a","b"]}"#, #"{"x":{"a":1,"a":1},"input":["a","b"]}"#]
    )
    func repeated(body: String) { #expect(request(body).bypass == .repeatedMember) }

    @Test("an input that is a persona's is no item")
    func persona() {
        var settings = PersonaSettings()
        settings.user = ValueSource(header: nil, body: ["input"])
        let body = buffer(#"{"model":"m","input":"a"}"#)
        let request = AIRequest.read(body, endpoint: .embeddings, fields: [:], settings: settings)
        #expect(request.user == "a")
    }

    @Test("a request for some items differs in its input alone; for all it does not differ")
    func bodies() throws {
        let body = #"{"user":"u", "input" :  ["a",  "b", "c"], "model":"m" }"#
        let items = try #require(request(body).items)
        #expect(String(buffer: items.body(of: [0, 1, 2])) == body)
        #expect(String(buffer: items.body(of: [2, 0])) == #"{"user":"u", "input" :  ["c","a"], "model":"m" }"#)
        #expect(String(buffer: items.body(of: [1])) == #"{"user":"u", "input" :  ["b"], "model":"m" }"#)
    }

    @Test("tokens are counted where they are given, and estimated where not")
    func tokens() throws {
        let items = try #require(request(#"{"input":[[1,2,3],[4]]}"#).items)
        #expect(items.items.map(\.tokens) == [3, 1])
        let texts = try #require(request(#"{"input":["","one two three"]}"#).items)
        #expect(texts.items.map(\.tokens) == [1, TokenEstimate.tokens(of: "one two three")])
    }
}
