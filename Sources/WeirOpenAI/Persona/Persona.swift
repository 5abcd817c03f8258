/// For whom an answer is written: up to five dimensions, each with a value or none.
package struct Persona: Sendable {
    /// Values byte for byte, but for `interests`: that is a set, kept as its members without the space around them,
    /// sorted by their bytes, each once, joined by commas.
    package private(set) var values: [PersonaDimension: String] = [:]

    package init() {}

    package init(_ values: [PersonaDimension: String]) {
        for (dimension, value) in values { set(dimension, value) }
    }

    /// How many dimensions are set; an empty value counts.
    package var count: Int { values.count }

    package mutating func set(_ dimension: PersonaDimension, _ value: String) {
        values[dimension] = dimension == .interests ? Self.members(of: value).joined(separator: ",") : value
    }

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
            if dimension == .interests, value.utf8.contains(UInt8(ascii: ",")) {
                tags += Self.members(of: value).map { Self.tag(dimension, $0) }
            }
            tags.append(Self.tag(dimension, value))
        }
        return tags
    }

    /// The tag that finds every entry with this value, as in `weir purge --persona interests=swift`. Several interests,
    /// in any order, find the entries with exactly these.
    package static func tag(for dimension: PersonaDimension, value: String) -> String {
        tag(dimension, dimension == .interests ? members(of: value).joined(separator: ",") : value)
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

    /// The members of a comma-separated set, sorted by their bytes, each once. Empty ones are none.
    private static func members(of text: String) -> [String] {
        let members = text.utf8.split(separator: UInt8(ascii: ",")).compactMap { part -> Substring? in
            let trimmed = part.drop(while: isSpace)
            let end = trimmed.lastIndex { !isSpace($0) }
            return end.map { Substring(trimmed[...$0]) }
        }
        var sorted: [String] = []
        for member in members.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        where !(sorted.last.map { $0.utf8.elementsEqual(member.utf8) } ?? false) {
            sorted.append(String(member))
        }
        return sorted
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
