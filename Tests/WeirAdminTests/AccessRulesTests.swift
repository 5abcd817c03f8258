import HTTPTypes
import Testing
import WeirProxy

@testable import WeirAdmin

@Suite("Access rules")
struct AccessRulesTests {
    private static let loopback = ListenAddress(host: "127.0.0.1", port: 9090)
    private static let everywhere = ListenAddress(host: "0.0.0.0", port: 9090)

    private func refusal(
        _ settings: AdminSettings,
        _ access: Access,
        _ method: HTTPRequest.Method = .get,
        host: String? = "127.0.0.1:9090",
        fields: HTTPFields = [:]
    ) -> HTTPResponse.Status? {
        do throws(AdminError) {
            try AccessRules(settings).check(access, method: method, host: host, fields: fields)
            return nil
        } catch {
            return error.status
        }
    }

    private static let places: [(access: Access, listen: ListenAddress, isAsked: Bool)] = [
        (.anybody, loopback, false), (.anybody, everywhere, false),
        (.statistics, loopback, false), (.statistics, everywhere, true),
        (.administration, loopback, true), (.administration, everywhere, true),
    ]

    @Test("A token is asked for where the contract says", arguments: places)
    func place(_ access: Access, _ listen: ListenAddress, _ isAsked: Bool) {
        let settings = AdminSettings(listen: listen, token: "s3cret")
        let expected: HTTPResponse.Status? = isAsked ? .unauthorized : nil
        #expect(refusal(settings, access) == expected)
        #expect(refusal(settings, access, fields: [.authorization: "Bearer s3cret"]) == nil)
    }

    @Test(
        "Only the very token lets in",
        arguments: [
            ("Bearer s3cret", true), ("bearer s3cret", true), ("BEARER s3cret", true), ("Bearer s3cre", false),
            ("Bearer s3cretx", false), ("Bearer S3cret", false), ("Bearer ", false), ("Bearer", false),
            ("s3cret", false), ("Basic s3cret", false), ("", false), ("Bearer  s3cret", false),
        ]
    )
    func token(_ value: String, _ isLetIn: Bool) {
        let settings = AdminSettings(listen: Self.everywhere, token: "s3cret")
        let expected: HTTPResponse.Status? = isLetIn ? nil : .unauthorized
        #expect(refusal(settings, .administration, .post, host: "weir", fields: [.authorization: value]) == expected)
    }

    @Test("Off loopback without a token, or with an empty one, nothing but health is told", arguments: [nil, ""])
    func noToken(_ token: String?) {
        let settings = AdminSettings(listen: Self.everywhere, token: token)
        #expect(refusal(settings, .anybody) == nil)
        #expect(refusal(settings, .statistics) == .forbidden)
        #expect(refusal(settings, .administration, fields: [.authorization: "Bearer "]) == .forbidden)
    }

    @Test(
        "Without a token the host asked for has to be loopback",
        arguments: [
            ("127.0.0.1:9090", true), ("127.0.0.1", true), ("localhost:9090", true), ("LOCALHOST", true),
            ("[::1]:9090", true), ("127.8.8.8:1", true), ("evil.example", false), ("127.0.0.1.evil.example", false),
            ("127.evil.example.x:9090", false), ("localhost.evil.example", false), ("[::2]:9090", false),
            ("192.168.1.2:9090", false), ("", false), (nil, false),
        ]
    )
    func host(_ host: String?, _ isLetIn: Bool) {
        let settings = AdminSettings(listen: Self.loopback)
        let expected: HTTPResponse.Status? = isLetIn ? nil : .forbidden
        #expect(refusal(settings, .administration, .get, host: host) == expected)
        #expect(refusal(settings, .administration, .post, host: host) == expected)
    }

    private static let origins: [(fields: HTTPFields, isLetIn: Bool)] = [
        ([:], true),
        ([.origin: "http://127.0.0.1:9090"], true),
        ([.secFetchSite: "same-origin", .origin: "http://127.0.0.1:9090"], true),
        ([.secFetchSite: "none"], true),
        ([.secFetchSite: "cross-site"], false),
        ([.secFetchSite: "same-site"], false),
        ([.origin: "https://evil.example"], false),
        ([.origin: "http://127.0.0.1:3000"], false),
        ([.origin: "https://127.0.0.1:9090"], false),
        ([.origin: "null"], false),
    ]

    @Test("Without a token another site's page changes nothing", arguments: origins)
    func origin(_ fields: HTTPFields, _ isLetIn: Bool) {
        let settings = AdminSettings(listen: Self.loopback)
        let expected: HTTPResponse.Status? = isLetIn ? nil : .forbidden
        #expect(refusal(settings, .administration, .post, fields: fields) == expected)
        #expect(refusal(settings, .administration, .get, fields: fields) == nil)
        // A token cannot be sent by another site's page.
        let withToken = AdminSettings(listen: Self.loopback, token: "t")
        var authorized = fields
        authorized[.authorization] = "Bearer t"
        #expect(refusal(withToken, .administration, .post, fields: authorized) == nil)
    }
}
