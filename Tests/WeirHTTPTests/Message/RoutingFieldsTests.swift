import Testing
import WeirHTTP

@Suite("Fields that mislead origins")
struct RoutingFieldsTests {
    private func misleads(_ name: String) throws -> Bool {
        let fields: FieldSection = ["A": "b", name: "x"]
        return RoutingFields.misleads(try #require(fields.lines.last), of: fields)
    }

    @Test(
        "What tells an origin where a request came from, and any spelling of a known name with underscores, misleads",
        arguments: [
            "X-Real-IP", "x-client-ip", "TRUE-CLIENT-IP", "X-Original-URL", "x-rewrite-url", "X-Host", "X-Scheme",
            "X-Forwarded-Port", "x-forwarded-anything", "X-Forwarded-", "Front-End-Https", "X_Forwarded_For",
            "X-Forwarded_Proto", "Content_Length", "transfer_encoding", "X_Real_IP", "X_HTTP_Method_Override",
            "Cache_Control", "if_none_match", "X_User_Id",
        ]
    )
    func misleading(_ name: String) throws { #expect(try misleads(name)) }

    @Test(
        "What Weir knows by this very name, and what nobody knows, does not",
        arguments: [
            "Host", "X-Forwarded-For", "Content-Length", "X-User-Id", "X-Forwarded", "X_Unknown", "_", "a_b",
            "X-Real-IPs", "X-HTTP-Method-Override", "Not_Content_Length",
        ]
    )
    func honest(_ name: String) throws { #expect(try !misleads(name)) }

    @Test(
        "A request that asks for another method is found",
        arguments: [
            ("X-HTTP-Method-Override", true), ("x-http-method", true), ("X-METHOD-OVERRIDE", true),
            ("X-HTTP-Method-Overrides", false), ("X-HTTP-Methods", false), ("Method", false),
        ]
    )
    func overriding(name: String, expected: Bool) {
        #expect(RoutingFields.overrideMethod(["Host": "a", name: "DELETE"]) == expected)
    }
}
