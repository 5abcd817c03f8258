/// For whom an answer is written: up to five dimensions, each with a value or none.
package struct Persona: Sendable {
    /// Values byte for byte, but for `interests`: that is a set, kept as its members without the space around them,
    /// sorted by their bytes, each once, joined by commas. A comma within a member, which only a list can have, and a
    /// backslash stand behind a backslash.
    package private(set) var values: [PersonaDimension: String] = [:]

    package init() {}

    package init(_ values: [PersonaDimension: String]) {
        for (dimension, value) in values { set(dimension, value) }
    }

    /// How many dimensions are set; an empty value counts.
    package var count: Int { values.count }

    package mutating func set(_ dimension: PersonaDimension, _ value: String) {
        if dimension == .interests {
            set(interests: value.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) })
        } else {
            values[dimension] = value
        }
    }

    /// The members of a list, in which each may hold commas.
    package mutating func set(interests members: [String]) { values[.interests] = Self.joined(members) }

    /// Gives every dimension to a cache key, in the order of their declaration; nil for one that is not set, which
    /// differs from an empty one.
    package func appendKeyParts(_ add: (String?) -> Void) {
        for dimension in PersonaDimension.allCases { add(values[dimension]) }
    }

    // MARK: Tags

    /// What an entry written for this persona is found by: one tag a dimension; for `interests` one for every member
    /// and, when there are several, one for the whole set.
    package var tags: [String] {
        var tags: [String] = []
        for dimension in PersonaDimension.allCases {
            guard let value = values[dimension] else { continue }
            if dimension == .interests {
                let members = Self.members(of: value)
                if members.count > 1 { tags += members.map { Self.tag(dimension, Self.joined([$0])) } }
            }
            tags.append(Self.tag(dimension, value))
        }
        return tags
    }

    /// The tag that finds every entry with this value, as in `weir purge --persona interests=swift`. Several interests,
    /// in any order, find the entries with exactly these; `\\,` is a comma within one.
    package static func tag(for dimension: PersonaDimension, value: String) -> String {
        tag(dimension, dimension == .interests ? joined(members(of: value)) : value)
    }

    private static func tag(_ dimension: PersonaDimension, _ value: String) -> String {
        "persona:\(dimension.rawValue)=\(value)"
    }

    // MARK: Lifetime

    /// How long an answer for this persona lives: `ttl − (ttl − personalised) × dimensions set / 5`.
    ///
    /// - Parameters:
    ///   - ttl: with no dimension set, in any unit.
    ///   - personalised: with all of them set, in the same unit.
    package func lifetime(ttl: Int64, personalised: Int64) -> Int64 {
        let difference = Int128(ttl) - Int128(personalised)
        return Int64(Int128(ttl) - difference * Int128(count) / Int128(PersonaDimension.allCases.count))
    }

    // MARK: Sets

    /// The one form of a set: its members sorted by their bytes, each once. Empty ones are none.
    private static func joined(_ members: [String]) -> String {
        var texts: [[UInt8]] = []
        for member in members.map(trimmed).sorted(by: { $0.lexicographicallyPrecedes($1) })
        where !member.isEmpty && texts.last != member {
            texts.append(member)
        }
        let written = texts.map { text in
            String(decoding: text.flatMap { isSpecial($0) ? [backslash, $0] : [$0] }, as: UTF8.self)
        }
        return written.joined(separator: ",")
    }

    /// What a set in that form, or one that somebody has written like it, is made of.
    private static func members(of text: String) -> [String] {
        var members: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                isEscaped = false
                // Before anything else it stands for itself.
                if !isSpecial(byte) { members[members.count - 1].append(backslash) }
            } else if byte == backslash {
                isEscaped = true
                continue
            } else if byte == comma {
                members.append([])
                continue
            }
            members[members.count - 1].append(byte)
        }
        if isEscaped { members[members.count - 1].append(backslash) }
        return members.map { String(decoding: $0, as: UTF8.self) }
    }

    private static let comma = UInt8(ascii: ",")
    private static let backslash = UInt8(ascii: "\\")

    private static func isSpecial(_ byte: UInt8) -> Bool { byte == comma || byte == backslash }

    private static func trimmed(_ text: String) -> [UInt8] {
        let text = text.utf8.drop(while: isSpace)
        return text.lastIndex { !isSpace($0) }.map { Array(text[...$0]) } ?? []
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension Persona: Equatable {
    /// By bytes: two spellings of one character are two values, as they are to a cache key.
    package static func == (left: Persona, right: Persona) -> Bool {
        PersonaDimension.allCases.allSatisfy { dimension in
            switch (left.values[dimension], right.values[dimension]) {
            case (nil, nil): true
            case (let left?, let right?): left.utf8.elementsEqual(right.utf8)
            case (nil, _?), (_?, nil): false
            }
        }
    }
}
