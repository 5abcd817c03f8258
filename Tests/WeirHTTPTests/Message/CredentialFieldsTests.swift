import Testing

@testable import WeirHTTP

@Suite struct CredentialFieldsTests {
    private func holds(_ name: String) -> Bool {
        let fields: FieldSection = [name: "x"]
        return CredentialFields.contains(fields.lines[0], of: fields)
    }

    @Test(
        "who sends a request may be known by these",
        arguments: [
            "Authorization", "api-key", "X-API-Key", "Cookie", "OpenAI-Organization", "OpenAI-Project",
            "Proxy-Authorization", "x-goog-api-key", "Ocp-Apim-Subscription-Key", "X-Auth-Token", "X-AUTH", "X-Bearer",
            "X-Credential", "X-JWT", "X-Login", "X-Password", "X-Secret", "X-Session-Id", "X-Amz-Signature", "token",
            "key", "my-cookie",
        ]
    )
    func credentials(name: String) { #expect(holds(name)) }

    @Test(
        "by these not",
        arguments: [
            "Accept", "Idempotency-Key", "User-Agent", "X-Stainless-Lang", "X-Stainless-Read-Timeout", "X-Request-Id",
            "X-Ke", "X-Toke", "ke", "t", "X-User-Id", "Accept-Language", "X-Persona-Interests",
        ]
    )
    func others(name: String) { #expect(!holds(name)) }
}
