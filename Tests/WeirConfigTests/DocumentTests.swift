import Testing

@testable import WeirConfig

@Suite struct DocumentTests {
    @Test(
        "What is not YAML, or more than is read of it, has its place",
        arguments: [
            ("a: b\n\tc: d\n", ["proxy.conf:2:1: a tab cannot indent YAML: use spaces"]),
            (
                "a: b: c\n",
                [
                    "proxy.conf:1:5: not valid YAML: mapping values are not allowed in this context; check the "
                        + "indentation, and quote a value that holds ': '"
                ]
            ),
            (
                "upstreams:\n  app:\n    url: x\n   host: y\n",
                [
                    "proxy.conf:4:4: not valid YAML: did not find expected key while parsing a block mapping that "
                        + "begins at line 2; check the indentation of this line and of those above it"
                ]
            ),
            (
                "a: {b: ${C}}\n",
                [
                    "proxy.conf:1:9: not valid YAML: did not find expected ',' or '}' while parsing a flow mapping that "
                        + "begins at line 1; a value with ${…} inside { } or [ ] needs quotes"
                ]
            ),
            (
                "a: [1, 2\nb: 3\n",
                [
                    "proxy.conf:2:2: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence that "
                        + "begins at line 1"
                ]
            ),
            (
                "a: \"x\n",
                [
                    "proxy.conf:2:1: not valid YAML: found unexpected end of stream while scanning a quoted scalar that "
                        + "begins at line 1"
                ]
            ),
            ("a: *b\n", ["proxy.conf:1:4: anchors and aliases are not supported"]),
            ("a: 1\n---\nb: 2\n", ["proxy.conf:2:1: expected the end of the file, found another document"]),
            ("a: \u{1}\n", ["proxy.conf:1:4: not valid YAML: control characters are not allowed"]),
            (String(repeating: "#", count: 1 << 20) + "\n", ["proxy.conf:1:1: the file is larger than 1MiB"]),
        ]
    )
    func broken(text: String, expected: [String]) {
        #expect(Sample.problems(text) == expected)
    }

    @Test("Deep nesting is refused, not followed")
    func deep() {
        let problems = Sample.problems("a: " + String(repeating: "[", count: 100_000))
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("proxy.conf:1:") == true)
    }

    @Test("Anchors, aliases, merge keys and tags are refused where they stand, and nothing is expanded")
    func anchors() {
        let text = """
            drain: &d 3s
            workers: *d
            limits: {<<: {fields: 9}, head: !size 3KiB}

            """ + Sample.least
        #expect(
            Sample.problems(text) == [
                "proxy.conf:1:8: anchors and aliases are not supported",
                "proxy.conf:3:10: merge keys ('<<') are not supported",
                "proxy.conf:3:33: tags such as '!size' are not supported",
            ]
        )
    }

    @Test("What is refused is not said to be missing as well")
    func refusedOnly() {
        let text = """
            upstreams:
              app: {url: &u "http://h"}
              two: &t {}
            routes:
              - {path: *u, upstream: app}
              - *t
            """
        #expect(
            Sample.problems(text) == [
                "proxy.conf:2:14: anchors and aliases are not supported",
                "proxy.conf:3:8: anchors and aliases are not supported",
            ]
        )
    }

    @Test(
        "A key that is given twice has the place of the second",
        arguments: [
            ("drain: 1s\ndrain: 2s\n", ["proxy.conf:2:1: duplicate key 'drain', first given at line 1"]),
            (
                "drain: 1s\n\"drain\": 2s\n'drain': 3s\n",
                [
                    "proxy.conf:2:1: duplicate key 'drain', first given at line 1",
                    "proxy.conf:3:1: duplicate key 'drain', first given at line 1",
                ]
            ),
            (
                "log: {level: info, format: text, level: debug}\ndrain: 1s\r\ndrain: 2s\n",
                [
                    "proxy.conf:1:34: duplicate key 'level', first given at line 1",
                    "proxy.conf:3:1: duplicate key 'drain', first given at line 2",
                ]
            ),
            (
                "lög: 1\nlög: 2\n",
                [
                    "proxy.conf:1:1: unknown key 'lög'; did you mean 'log'?",
                    "proxy.conf:2:1: duplicate key 'lög', first given at line 1",
                ]
            ),
        ]
    )
    func duplicates(text: String, problems: [String]) {
        #expect(Sample.problems(text + Sample.least) == problems)
    }

    @Test("A key that is given many times is told as often as is worth it")
    func manyDuplicates() {
        let problems = Sample.problems(String(repeating: "drain: 1s\n", count: 200) + Sample.least)
        #expect(problems.count > 60)
        #expect(problems.allSatisfy { $0.contains("duplicate key 'drain'") })
    }

    @Test("A message shows what was found on one line, cut")
    func quoting() {
        #expect(Node.quote("a\nb") == "'a\u{FFFD}b'")
        #expect(Node.quote(String(repeating: "x", count: 61)) == "'\(String(repeating: "x", count: 60))…'")
    }
}
