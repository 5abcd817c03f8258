import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirTier

/// The newest answer to a request takes the place of every older one that the request could have had (RFC 9111 §4).
@Suite("Answers that Vary tells apart, in Redis", .timeLimit(.minutes(2)))
struct VaryTests {
    private let key = CacheKey(1, 2, 3, 4)
    private let one: FieldSection = ["A": "1", "B": "1"]
    private let two: FieldSection = ["A": "2", "B": "2"]

    /// One step of a story: what a sidecar has fetched for a request.
    enum Step: Sendable {
        /// With a turn of now.
        case store(String, vary: [String], answering: FieldSection)
        /// With the turn drawn by the latest `draw`.
        case late(String, vary: [String], answering: FieldSection)
        case draw
        /// It is too large for Redis.
        case large(vary: [String], answering: FieldSection)
        case lateLarge(vary: [String], answering: FieldSection)
    }

    struct Story: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var steps: [Step]
        /// What there is at the end for the first request and the second.
        var found: [String?]

        init(_ description: String, _ steps: [Step], _ found: [String?]) {
            (testDescription, self.steps, self.found) = (description, steps, found)
        }
    }

    static let stories: [Story] = {
        let one: FieldSection = ["A": "1", "B": "1"]
        let two: FieldSection = ["A": "2", "B": "2"]
        return [
            Story(
                "each has its own",
                [.store("1", vary: ["a"], answering: one), .store("2", vary: ["a"], answering: two)],
                ["1", "2"]
            ),
            Story(
                "selected after one without: that one is gone",
                [.store("old", vary: [], answering: one), .store("1", vary: ["a"], answering: one)],
                ["1", nil]
            ),
            Story(
                "one without, for another request: what is selected stays, and comes first",
                [.store("1", vary: ["a"], answering: one), .store("all", vary: [], answering: two)],
                ["1", "all"]
            ),
            Story(
                "one without, for the request that selected: it takes the place",
                [
                    .store("1", vary: ["a"], answering: one), .store("2", vary: ["a"], answering: two),
                    .store("all", vary: [], answering: one),
                ],
                ["all", "2"]
            ),
            Story(
                "names that come back do not bring back what was under them",
                [
                    .store("old", vary: ["a"], answering: one), .store("new", vary: ["a", "b"], answering: one),
                    .store("2", vary: ["a"], answering: two),
                ],
                [nil, "2"]
            ),
            Story(
                "an older one without comes late",
                [.draw, .store("1", vary: ["a"], answering: one), .late("old", vary: [], answering: one)],
                ["1", nil]
            ),
            Story(
                "an older one without, for another request, is not written either, and takes what is older still",
                [
                    .store("2", vary: ["a"], answering: two), .draw, .store("1", vary: ["a"], answering: one),
                    .late("all", vary: [], answering: two),
                ],
                ["1", nil]
            ),
            Story(
                "an older selected one comes late, behind one without",
                [.draw, .store("all", vary: [], answering: one), .late("1", vary: ["a"], answering: one)],
                ["all", "all"]
            ),
            Story(
                "an older selected one comes late, behind one without for another request, and takes what is older still",
                [
                    .store("1", vary: ["a"], answering: one), .draw, .store("all", vary: [], answering: two),
                    .late("newer", vary: ["a"], answering: one),
                ],
                ["all", "all"]
            ),
            Story(
                "selected ones of one list do not outrun each other",
                [
                    .store("2", vary: ["a"], answering: two), .draw, .store("1", vary: ["a"], answering: one),
                    .late("newer", vary: ["a"], answering: two),
                ],
                ["1", "newer"]
            ),
            Story(
                "one does outrun itself",
                [.draw, .store("1", vary: ["a"], answering: one), .late("old", vary: ["a"], answering: one)],
                ["1", nil]
            ),
            Story(
                "what is older than the names is not written under them",
                [
                    .store("0", vary: ["b"], answering: two), .draw, .store("1", vary: ["a"], answering: one),
                    .late("old", vary: ["a"], answering: two),
                ],
                ["1", nil]
            ),
            Story(
                "older names do not take the place of later ones, only of what is older still",
                [
                    .store("1", vary: ["a"], answering: one), .draw, .store("2", vary: ["a"], answering: two),
                    .late("old", vary: ["b"], answering: one),
                ],
                [nil, "2"]
            ),
            Story(
                "a selected one that cannot be written takes the one without",
                [.store("old", vary: [], answering: one), .large(vary: ["a"], answering: one)],
                [nil, nil]
            ),
            Story(
                "one without that cannot be written takes what is selected",
                [.store("old", vary: ["a"], answering: one), .large(vary: [], answering: one)],
                [nil, nil]
            ),
            Story(
                "what could not be written keeps out what is older",
                [
                    .draw, .large(vary: ["a"], answering: one), .late("old", vary: [], answering: one),
                    .late("old", vary: ["a"], answering: one), .late("old", vary: ["b"], answering: one),
                ],
                [nil, nil]
            ),
            Story(
                "what could not be written, and is older, leaves a later one without",
                [.draw, .store("new", vary: [], answering: one), .lateLarge(vary: [], answering: one)],
                ["new", "new"]
            ),
        ]
    }()

    @Test("the newest takes the place of the older ones", arguments: stories)
    func newest(_ story: Story) async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server, configure: { $0.maxObject = 2000 }) { sidecars in
                var drawn: UInt64?
                let large = String(repeating: "x", count: 2001)
                func write(_ text: String, _ vary: [String], _ request: FieldSection, isLate: Bool = false) async throws
                {
                    let response = answer(text, selection: .make(names: vary, request: request))
                    if !isLate { return try await sidecars[0].write(response, answering: request) }
                    try await sidecars[0].write(response, answering: request, token: drawn)
                }
                for step in story.steps {
                    switch step {
                    case .draw: drawn = try await sidecars[0].drawToken(key)
                    case .store(let text, let vary, let request): try await write(text, vary, request)
                    case .late(let text, let vary, let request): try await write(text, vary, request, isLate: true)
                    case .large(let vary, let request):
                        try await write(large, vary, request)
                        let fence = String(buffer: sidecars[0].tier.keys.fence(key))
                        let token = try await server.cli("HGET", fence, "token")
                        while try await server.cli("HGET", fence, "s") != token {}
                    case .lateLarge(let vary, let request):
                        try await write(large, vary, request, isLate: true)
                        let fence = String(buffer: sidecars[0].tier.keys.fence(key))
                        while try await server.cli("HGET", fence, "s") != drawn.map(String.init) {}
                    }
                }
                for (request, body) in zip([one, two], story.found) {
                    let found = try await sidecars[1].consult(key, fields: request)
                    #expect(found == body.map { .answer(body: $0) } ?? .fetch(staleBody: nil, hasLock: false))
                }
                #expect(sidecars[1].tier.snapshot().count(.unreadable) == 0)
            }
        }
    }

    @Test("a selected one that is stale comes before one without that is fresh, which was not fetched for its request")
    func staleFirst() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let selection = VarySelection.make(names: ["a"], request: one)
                let stale = answer("1", age: 61, lastModified: UnixTime(seconds: 1), selection: selection)
                try await sidecars[0].write(stale, answering: one)
                try await sidecars[0].write(answer("all"), answering: two)
                #expect(try await sidecars[1].consult(key, fields: one) == .fetch(staleBody: "1", hasLock: false))
                #expect(try await sidecars[1].consult(key, fields: two) == .answer(body: "all"))
            }
        }
    }

    @Test("what one fetch has confirmed does not take each other's place", arguments: [false, true])
    func confirmedTogether(isPlainFirst: Bool) async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let selected = answer("1", selection: .make(names: ["a"], request: one))
                try await sidecars[0].write(selected, answering: one)
                try await sidecars[0].write(answer("all"), answering: two)
                let token = try await sidecars[0].drawToken(key)
                for response in isPlainFirst ? [answer("all"), selected] : [selected, answer("all")] {
                    try await sidecars[0].write(response, answering: one, token: token)
                }
                #expect(try await sidecars[1].consult(key, fields: one) == .answer(body: "1"))
                #expect(try await sidecars[1].consult(key, fields: two) == .answer(body: "all"))
            }
        }
    }

    @Test("names as a former version wrote them are none, and give way", arguments: [[], ["a"]])
    func formerNames(vary: [String]) async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                try await server.cli("SET", String(buffer: sidecars[0].tier.keys.selection(key)), "Va", "PX", "60000")
                let new = answer("new", selection: .make(names: vary, request: one))
                try await sidecars[0].write(new, answering: one)
                #expect(sidecars[0].tier.snapshot().count(.written) == 1)
                #expect(try await sidecars[1].consult(key, fields: one) == .answer(body: "new"))
            }
        }
    }

    @Test("names are kept as long as what is found by them")
    func keptNames() async throws {
        try await withRedisServer { server in
            try await withSidecars(of: server) { sidecars in
                let name = String(buffer: sidecars[0].tier.keys.selection(key))
                for (lifetime, request) in [(60, one), (600, two), (30, one)] {
                    let selection = VarySelection.make(names: ["a"], request: request)
                    let stored = answer("", freshness: Freshness(lifetime: Int64(lifetime)), selection: selection)
                    try await sidecars[0].write(stored, answering: request)
                }
                #expect(try await Int(server.cli("PTTL", name)).map { $0 > 500_000 } == true)
            }
        }
    }
}
