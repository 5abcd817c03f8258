import WeirCache
import WeirOpenAI

/// The body of `cache/invalidate`.
struct CachePurge: Equatable {
    var purge: Purge
    /// Marks as stale instead of removing.
    var isSoft = false
}

extension CachePurge {
    private static let selectors = "exactly one of key, tag, pattern, user, persona and all"
    private static let soft = "soft"

    /// Reads a body: an object with exactly one member that says what, and perhaps `soft`. Several dimensions of `persona`
    /// mean what was stored for any of them: a purge of too much costs a call, one of too little leaves a wrong answer.
    init(_ body: JSONValue) throws(AdminError) {
        guard case .object(var object) = body else {
            throw .invalidBody("expected an object with \(Self.selectors), found \(body.kind)")
        }
        switch object.removeValue(forKey: Self.soft) {
        case nil: break
        case .boolean(let value): isSoft = value
        case let value?: throw .invalidBody("soft: expected true or false, found \(value.description)")
        }
        guard object.count == 1, let (name, value) = object.first else {
            let found = object.isEmpty ? "none" : object.keys.sorted().joined(separator: " and ")
            throw .invalidBody("expected \(Self.selectors), found \(found)")
        }
        switch name {
        case "key": purge = .key(try Self.key(value))
        case "tag": purge = .tags([try Self.text(value, of: name)])
        case "pattern": purge = .pattern(GlobPattern(try Self.text(value, of: name)))
        case "user": purge = .tags(["user:" + (try Self.text(value, of: name))])
        case "persona": purge = .tags(try Self.personaTags(value))
        case "all":
            guard value == .boolean(true) else { throw .invalidBody("all: expected true, found \(value.description)") }
            purge = .all
        default: throw .invalidBody("expected \(Self.selectors), found '\(name)'")
        }
    }

    private static func key(_ value: JSONValue) throws(AdminError) -> CacheKey {
        guard case .string(let text) = value, let key = CacheKey(hex: text) else {
            throw .invalidBody("key: expected 64 hexadecimal digits, found \(value.description)")
        }
        return key
    }

    private static func text(_ value: JSONValue, of member: String) throws(AdminError) -> String {
        guard case .string(let text) = value, !text.isEmpty else {
            throw .invalidBody("\(member): expected a string that is not empty, found \(value.description)")
        }
        return text
    }

    private static func personaTags(_ value: JSONValue) throws(AdminError) -> Set<String> {
        guard case .object(let dimensions) = value, !dimensions.isEmpty else {
            throw .invalidBody("persona: expected an object of dimensions and values, found \(value.description)")
        }
        var tags: Set<String> = []
        for (name, value) in dimensions.sorted(by: { $0.key < $1.key }) {
            guard let dimension = PersonaDimension(rawValue: name) else {
                let known = PersonaDimension.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidBody("persona: expected one of \(known), found '\(name)'")
            }
            // An empty value is one that a persona can have.
            guard case .string(let text) = value else {
                throw .invalidBody("persona.\(name): expected a string, found \(value.description)")
            }
            tags.insert(Persona.tag(for: dimension, value: text))
        }
        return tags
    }
}
