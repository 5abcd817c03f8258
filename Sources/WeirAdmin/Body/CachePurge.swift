package import WeirCache
import WeirOpenAI

/// What `cache/invalidate` removes.
package enum CachePurge: Sendable, Equatable {
    case key(CacheKey)
    /// Whatever carries at least one of these.
    case anyTag([String])
    /// A glob over tags, or over paths when it begins with `/`.
    case pattern(String)
    case all
}

extension CachePurge {
    private static let members = "exactly one of key, tag, pattern, user, persona and all"

    /// Reads a body: an object with exactly one member. Several dimensions of `persona` remove what was stored for any
    /// of them: a purge that removes too much costs a call, one that removes too little leaves a wrong answer.
    init(_ body: JSONValue) throws(AdminError) {
        guard case .object(let object) = body else {
            throw .invalidBody("expected an object with \(Self.members), found \(body.kind)")
        }
        guard object.count == 1, let (name, value) = object.first else {
            let found = object.isEmpty ? "none" : object.keys.sorted().joined(separator: " and ")
            throw .invalidBody("expected \(Self.members), found \(found)")
        }
        switch name {
        case "key": self = .key(try Self.key(value))
        case "tag": self = .anyTag([try Self.text(value, of: name)])
        case "pattern": self = .pattern(try Self.text(value, of: name))
        case "user": self = .anyTag(["user:" + (try Self.text(value, of: name))])
        case "persona": self = .anyTag(try Self.personaTags(value))
        case "all":
            guard value == .boolean(true) else { throw .invalidBody("all: expected true, found \(value.description)") }
            self = .all
        default: throw .invalidBody("expected \(Self.members), found '\(name)'")
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

    private static func personaTags(_ value: JSONValue) throws(AdminError) -> [String] {
        guard case .object(let dimensions) = value, !dimensions.isEmpty else {
            throw .invalidBody("persona: expected an object of dimensions and values, found \(value.description)")
        }
        var tags: [String] = []
        for (name, value) in dimensions.sorted(by: { $0.key < $1.key }) {
            guard let dimension = PersonaDimension(rawValue: name) else {
                let known = PersonaDimension.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidBody("persona: expected one of \(known), found '\(name)'")
            }
            // An empty value is one that a persona can have.
            guard case .string(let text) = value else {
                throw .invalidBody("persona.\(name): expected a string, found \(value.description)")
            }
            tags.append(Persona.tag(for: dimension, value: text))
        }
        return tags
    }
}
