/// Pairs of chat requests that mean different things and must never find the same answer.
enum DistinctRequests {
    static let pairs: [(String, String)] = values + members + messages + personas + parameters

    /// For `{"a": left}` and `{"a": right}`, and for the same values in an array.
    private static let values: [(String, String)] =
        [
            ("1", "2"), ("1", "-1"), ("1", "1.1"), ("1", "10"), ("1e2", "1e3"), ("0", "0.1"), ("0", "1e-400"),
            ("1e400", "1e401"), ("1e400", "-1e400"), ("9007199254740992", "9007199254740993"),
            ("9007199254740993", "9007199254740993.5"), ("0.1", "0.10000000000000000001"),
            ("123456789012345678901234567890", "123456789012345678901234567891"),
            ("1e64", "1e65"), ("1e999999999999999999999", "1e999999999999999999998"), ("1", "\"1\""),
            ("1", "true"), ("0", "false"), ("0", "null"), ("null", "\"null\""), ("null", "false"), ("true", "false"),
            ("true", "\"true\""), ("\"\"", "null"), ("\"\"", "\" \""), ("[]", "{}"), ("[]", "null"), ("{}", "null"),
            ("[]", "[[]]"), ("[1]", "1"), ("[1,2]", "[2,1]"), ("[1,2]", "[1,2,2]"), ("[1,2]", "[12]"),
            ("[null]", "[]"), ("[[1],2]", "[1,[2]]"), ("[\"a,b\"]", "[\"a\",\"b\"]"),
            ("\"a\"", "\"A\""), ("\"a\"", "\"a \""), ("\"a\"", "\" a\""), ("\"a b\"", "\"a  b\""),
            ("\"a\\n\"", "\"a\""), ("\"a\\n\"", "\"a\\r\\n\""), ("\"a\\n\"", "\"a\\\\n\""), ("\"\\t\"", "\" \""),
            ("\"é\"", "\"e\u{301}\""), ("\"é\"", "\"e\""), ("\"ﬁ\"", "\"fi\""), ("\"\u{A0}\"", "\" \""),
            ("\"\u{200B}\"", "\"\""), ("\"\\u0000\"", "\"\""), ("\"\u{FEFF}a\"", "\"a\""),
            ("\"\\ud800\"", "\"\\ud801\""), ("\"\\ud800\"", "\"\u{FFFD}\""), ("\"\\ud800\"", "\"\\udc00\""),
            ("\"\\ud83d\\ude00\"", "\"\\ude00\\ud83d\""), ("\"\\ud800\"", "\"\\\\ud800\""),
            ("\"\\u0041\"", "\"\\\\u0041\""), ("\"😀\"", "\"😁\""), ("\"\\/\"", "\"\\\\/\""),
            ("\"\\\"\"", "\"'\""), ("{\"x\":1}", "{\"x\":2}"), ("{\"x\":1}", "{\"y\":1}"), ("{\"x\":1}", "{\"X\":1}"),
            ("{\"x\":{\"y\":1}}", "{\"x\":1}"), ("{\"x\":1}", "{\"x\":1,\"y\":null}"),
            ("{\"x\":\"1\",\"y\":\"2\"}", "{\"x\":\"2\",\"y\":\"1\"}"),
        ].map { (#"{"a":\#($0)}"#, #"{"a":\#($1)}"#) }

    private static let members: [(String, String)] = [
        (#"{}"#, #"{"a":null}"#),
        (#"{"a":1}"#, #"{"a":1,"b":1}"#),
        (#"{"a":1}"#, #"{"b":1}"#),
        (#"{"":1}"#, #"{" ":1}"#),
        (#"{"é":1}"#, "{\"e\u{301}\":1}"),
        // Left out at the top only.
        (#"{"a":{"user":"u1"}}"#, #"{"a":{"user":"u2"}}"#),
        (#"{"a":{"user":"u1"}}"#, #"{"a":{}}"#),
        (#"{"a":{"metadata":{"x":1}}}"#, #"{"a":{"metadata":{"x":2}}}"#),
        (#"{"a":{"stream":true}}"#, #"{"a":{"stream":false}}"#),
        (#"{"a":[{"user":"u1"}]}"#, #"{"a":[{"user":"u2"}]}"#),
        // Only these names.
        (#"{"User":"u1"}"#, #"{"User":"u2"}"#),
        (#"{"user ":"u1"}"#, #"{"user ":"u2"}"#),
        (#"{"users":"u1"}"#, #"{"users":"u2"}"#),
        (#"{"metadat":"u1"}"#, #"{"metadat":"u2"}"#),
        (#"{"streams":true}"#, #"{"streams":false}"#),
        (#"{"prompt_cache_options":{"a":1}}"#, #"{"prompt_cache_options":{"a":2}}"#),
        (#"{"user\u0000":"u1"}"#, #"{"user\u0000":"u2"}"#),
        (#"{"x_unknown":1}"#, #"{}"#),
    ]

    private static let messages: [(String, String)] = [
        (#"{"role":"user","content":"Hi"}"#, #"{"role":"system","content":"Hi"}"#),
        (#"{"role":"user","content":"Hi"}"#, #"{"role":"user","content":"hi"}"#),
        (#"{"role":"user","content":"Hi"}"#, #"{"role":"user","content":"Hi."}"#),
        (#"{"role":"user","content":"Hi"}"#, #"{"role":"user","content":"Hi\n"}"#),
        (#"{"role":"user","content":"Hi"}"#, #"{"role":"user","content":[{"type":"text","text":"Hi"}]}"#),
        (#"{"role":"user","content":"Hi"}"#, #"{"role":"user","content":"Hi","name":"n"}"#),
        (#"{"role":"user","content":"Hi"}"#, #"{"role":"user","content":"Hi","metadata":{}}"#),
        (#"{"role":"user","content":null}"#, #"{"role":"user"}"#),
        (#"{"role":"user","content":"a"},{"role":"user","content":"b"}"#, #"{"role":"user","content":"ab"}"#),
        (
            #"{"role":"user","content":"a"},{"role":"user","content":"b"}"#,
            #"{"role":"user","content":"b"},{"role":"user","content":"a"}"#
        ),
        (
            #"{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#,
            #"{"content":[{"type":"text","text":"b"},{"type":"text","text":"a"}]}"#
        ),
        (
            #"{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA","detail":"low"}}]}"#,
            #"{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA","detail":"high"}}]}"#
        ),
        (#"{"tool_call_id":"1","content":"x"}"#, #"{"tool_call_id":"2","content":"x"}"#),
    ].map { (#"{"model":"m","messages":[\#($0)]}"#, #"{"model":"m","messages":[\#($1)]}"#) }

    private static let personas: [(String, String)] =
        PersonaDimensionNames.all.flatMap { name in
            [
                (#"{"metadata":{"\#(name)":"a"}}"#, #"{"metadata":{"\#(name)":"b"}}"#),
                (#"{"metadata":{"\#(name)":"a"}}"#, #"{}"#),
                (#"{"metadata":{"\#(name)":""}}"#, #"{}"#),
            ]
        } + [
            (#"{"metadata":{"experience_level":"a"}}"#, #"{"metadata":{"learning_style":"a"}}"#),
            (#"{"metadata":{"experience_level":"a"}}"#, #"{"metadata":{"experience_level":"a "}}"#),
            (#"{"metadata":{"experience_level":"a"}}"#, #"{"metadata":{"experience_level":"A"}}"#),
            (#"{"metadata":{"experience_level":"a,b"}}"#, #"{"metadata":{"experience_level":"b,a"}}"#),
            (#"{"metadata":{"interests":"a,b"}}"#, #"{"metadata":{"interests":"a"}}"#),
            (#"{"metadata":{"interests":"a b"}}"#, #"{"metadata":{"interests":"a,b"}}"#),
            (#"{"metadata":{"interests":"A"}}"#, #"{"metadata":{"interests":"a"}}"#),
            (#"{"metadata":{"interests":"é"}}"#, "{\"metadata\":{\"interests\":\"e\u{301}\"}}"),
        ]

    private static let parameters: [(String, String)] =
        [
            ("model", #""gpt-4o""#, #""gpt-4o-mini""#), ("temperature", "0", "1"), ("temperature", "0.7", "0.71"),
            ("top_p", "1", "0.9"), ("n", "1", "2"), ("seed", "1", "2"), ("seed", "null", "0"),
            ("max_tokens", "10", "11"), ("max_completion_tokens", "10", "11"), ("stop", #""a""#, #"["a"]"#),
            ("service_tier", #""auto""#, #""flex""#), ("store", "true", "false"), ("logprobs", "true", "false"),
            ("top_logprobs", "1", "2"), ("modalities", #"["text"]"#, #"["text","audio"]"#),
            ("reasoning_effort", #""low""#, #""high""#), ("verbosity", #""low""#, #""high""#),
            ("parallel_tool_calls", "true", "false"), ("logit_bias", #"{"50256":-100}"#, #"{"50256":100}"#),
            ("presence_penalty", "0", "0.5"), ("frequency_penalty", "0", "0.5"),
            ("response_format", #"{"type":"text"}"#, #"{"type":"json_object"}"#),
            ("prediction", #"{"content":"a"}"#, #"{"content":"b"}"#), ("tool_choice", #""auto""#, #""none""#),
            ("functions", #"[{"name":"a"},{"name":"b"}]"#, #"[{"name":"b"},{"name":"a"}]"#),
            (
                "tools", #"[{"type":"function","function":{"name":"a"}},{"type":"custom","custom":{"name":"b"}}]"#,
                #"[{"type":"custom","custom":{"name":"b"}},{"type":"function","function":{"name":"a"}}]"#
            ),
        ].map { (#"{"\#($0)":\#($1)}"#, #"{"\#($0)":\#($2)}"#) }
}

enum PersonaDimensionNames {
    static let all = ["experience_level", "learning_style", "communication_tone", "content_density", "interests"]
}
