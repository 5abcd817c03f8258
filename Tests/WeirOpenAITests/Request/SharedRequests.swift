/// Pairs of chat requests that mean the same and must find the same answer.
enum SharedRequests {
    static let pairs: [(String, String)] = spelling + excluded

    private static let spelling: [(String, String)] = [
        (#"{}"#, #" { } "#),
        (#"{"a":1}"#, "{\n\t\"a\"\r : 1 }"),
        (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#),
        (#"{"a":{"x":1,"y":2}}"#, #"{"a":{"y":2,"x":1}}"#),
        (#"{"a":[{"x":1,"y":2}]}"#, #"{"a":[{"y":2,"x":1}]}"#),
        (#"{"a":[1,2]}"#, #"{"a":[ 1 , 2 ]}"#),
        (#"{"a":1}"#, #"{"a":1.0}"#),
        (#"{"a":1}"#, #"{"a":1e0}"#),
        (#"{"a":1}"#, #"{"a":10E-1}"#),
        (#"{"a":0}"#, #"{"a":-0}"#),
        (#"{"a":0}"#, #"{"a":0.000}"#),
        (#"{"a":0.7}"#, #"{"a":0.70}"#),
        (#"{"a":0.7}"#, #"{"a":7e-1}"#),
        (#"{"a":100}"#, #"{"a":1e2}"#),
        (#"{"a":-1.5}"#, #"{"a":-15E-1}"#),
        (#"{"a":1e400}"#, #"{"a":10e399}"#),
        (#"{"a":"A"}"#, #"{"a":"\u0041"}"#),
        (#"{"a":"é"}"#, #"{"a":"\u00e9"}"#),
        (#"{"a":"\u00E9"}"#, #"{"a":"\u00e9"}"#),
        (#"{"a":"😀"}"#, #"{"a":"\ud83d\ude00"}"#),
        (#"{"a":"/"}"#, #"{"a":"\/"}"#),
        (#"{"a":"\n"}"#, #"{"a":"\u000a"}"#),
        (#"{"a":"\""}"#, #"{"a":"\u0022"}"#),
        (#"{"a":"\\"}"#, #"{"a":"\u005C"}"#),
        (#"{"a":"\ud800"}"#, #"{"a":"\uD800"}"#),
        (#"{"a":1}"#, #"{"\u0061":1}"#),
        (#"{"é":1}"#, #"{"\u00e9":1}"#),
        (#"{"model":"m","messages":[]}"#, #"{"messages":[],"model":"m"}"#),
        (
            #"{"messages":[{"role":"user","content":"Hi"}]}"#,
            #"{"messages" : [ {"content" : "Hi", "role" : "user"} ] }"#
        ),
        (
            #"{"tools":[{"type":"function","function":{"name":"f","strict":true}}]}"#,
            #"{"tools":[{"function":{"strict":true,"name":"f"},"type":"function"}]}"#
        ),
    ]

    private static let excluded: [(String, String)] = [
        (#"{"a":1}"#, #"{"a":1,"user":"u1"}"#),
        (#"{"a":1,"user":"u1"}"#, #"{"a":1,"user":"u2"}"#),
        (#"{"a":1}"#, #"{"user":null,"a":1}"#),
        (#"{"a":1}"#, #"{"a":1,"us\u0065r":"u1"}"#),
        (#"{"a":1}"#, #"{"a":1,"safety_identifier":"s"}"#),
        (#"{"a":1,"safety_identifier":"s"}"#, #"{"a":1,"safety_identifier":"t"}"#),
        (#"{"a":1}"#, #"{"a":1,"metadata":{}}"#),
        (#"{"a":1}"#, #"{"a":1,"metadata":null}"#),
        (#"{"a":1,"metadata":{"x":"1"}}"#, #"{"a":1,"metadata":{"x":"2"}}"#),
        (#"{"a":1,"metadata":{"trace":"1","n":{"m":[1,2]}}}"#, #"{"a":1}"#),
        (#"{"a":1}"#, #"{"a":1,"prompt_cache_key":"k"}"#),
        (#"{"a":1,"prompt_cache_key":"k"}"#, #"{"a":1,"prompt_cache_key":"l"}"#),
        (#"{"a":1}"#, #"{"a":1,"prompt_cache_retention":"24h"}"#),
        (#"{"a":1}"#, #"{"a":1,"stream":true}"#),
        (#"{"a":1,"stream":false}"#, #"{"a":1,"stream":true}"#),
        (#"{"a":1,"stream":null}"#, #"{"a":1}"#),
        (#"{"a":1,"stream":true}"#, #"{"a":1,"stream":true,"stream_options":{"include_usage":true}}"#),
        (#"{"a":1,"stream_options":{"include_obfuscation":false}}"#, #"{"a":1}"#),
        (#"{"user":"u"}"#, #"{}"#),
        (#"{"stream":true,"a":1}"#, #"{"a":1,"user":"x"}"#),
        (#"{"a":1,"b":2,"user":"x"}"#, #"{"user":"x","b":2,"a":1}"#),
        (#"{"a":1,"metadata":{"experience_level":"x"}}"#, #"{"a":1,"metadata":{"experience_level":"x","t":"1"}}"#),
        (
            #"{"metadata":{"experience_level":"x","learning_style":"y"}}"#,
            #"{"metadata":{"learning_style":"y","experience_level":"x"}}"#
        ),
        (#"{"metadata":{"experience_level":"A"}}"#, #"{"metadata":{"experience_level":"\u0041"}}"#),
        (#"{"metadata":{"experience_level":null}}"#, #"{}"#),
        (#"{"metadata":{"interests":"a,b"}}"#, #"{"metadata":{"interests":"b, a"}}"#),
        (#"{"metadata":{"interests":"a,b"}}"#, #"{"metadata":{"interests":["b","a"]}}"#),
        (#"{"metadata":{"interests":["a","b","a"]}}"#, #"{"metadata":{"interests":["b","a"]}}"#),
        (#"{"metadata":{"interests":[" a "]}}"#, #"{"metadata":{"interests":"a"}}"#),
        (#"{"metadata":{"interests":[]}}"#, #"{"metadata":{"interests":""}}"#),
        (#"{"metadata":{"interests":",,"}}"#, #"{"metadata":{"interests":" "}}"#),
        (#"{"metadata":{"interests":null}}"#, #"{"metadata":"x"}"#),
        (#"{"metadata":[]}"#, #"{"metadata":{"other":"x"}}"#),
    ]
}
