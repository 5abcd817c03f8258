import NIOCore
import Testing
import WeirAdmin
import WeirProxy
import WeirUpstream

@testable import WeirConfig

@Suite struct SubstitutionTests {
    private static let environment = ["A": "1", "EMPTY": "", "NESTED": "${A}", "B_2": "x"]

    private static func expand(_ text: String) throws(Substitution.Failure) -> Node.Scalar {
        var substitution = Substitution(environment: environment)
        return try substitution.expand(Node.Scalar(text: text))
    }

    @Test(
        "Variables become their values, once",
        arguments: [
            ("plain", "plain", false),
            ("${A}", "1", false),
            ("a${A}b${B_2}c", "a1bxc", false),
            ("${EMPTY}", "", true),
            ("x${EMPTY}y", "xy", true),
            ("${EMPTY:-d}", "d", false),
            ("${NONE:-d e:-f}", "d e:-f", false),
            ("${NONE:-}", "", true),
            ("${A:-d}", "1", false),
            ("${NESTED}", "${A}", false),
            ("$${A}", "${A}", false),
            ("$$${A}", "$${A}", false),
            ("$A $ $", "$A $ $", false),
            ("${A}$", "1$", false),
        ]
    )
    func expands(text: String, expected: String, hasEmpty: Bool) throws {
        let scalar = try Self.expand(text)
        #expect(scalar.text == expected)
        #expect(scalar.hasEmptyVariable == hasEmpty)
    }

    @Test(
        "What is no variable is refused",
        arguments: [
            ("${NONE}", .unset("NONE")),
            ("${", .malformed("${")),
            ("a${A", .malformed("${A")),
            ("${}", .malformed("${}")),
            ("${1A}", .malformed("${1A}")),
            ("${A-B}", .malformed("${A-B}")),
            ("${A:=b}", .malformed("${A:=b}")),
            ("${Ä}", .malformed("${Ä}")),
        ] as [(String, Substitution.Failure)]
    )
    func refuses(text: String, failure: Substitution.Failure) {
        #expect(throws: failure) { try Self.expand(text) }
    }

    @Test("A value that comes out empty counts as not given")
    func emptyValues() throws {
        let configuration = try Sample.read(
            """
            drain: ${NONE:-}
            listen: ["127.0.0.1:80", "${NONE:-}"]
            admin: {token: "${EMPTY}"}

            """ + Sample.least,
            ["EMPTY": ""]
        )
        #expect(configuration.proxy.drain == .seconds(30))
        #expect(configuration.proxy.listen.count == 1)
        #expect(configuration.admin.token == nil)
    }

    @Test(
        "A header is set only where no variable in it is empty",
        arguments: [
            ([:], []),
            (["KEY": ""], []),
            (["KEY": "k"], ["Bearer k"]),
        ] as [([String: String], [String])]
    )
    func headers(environment: [String: String], values: [String]) throws {
        let configuration = try Sample.read(
            """
            upstreams:
              app:
                url: http://127.0.0.1:3000
                headers: {Authorization: "Bearer ${KEY:-}"}
            routes: [{path: /, upstream: app}]
            """,
            environment
        )
        #expect(configuration.proxy.upstreams.first?.headers.map(\.value) == values)
    }
}
