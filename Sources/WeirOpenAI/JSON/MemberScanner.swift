import NIOCore

/// Follows a JSON text byte by byte and says which bytes are the values of some of its members.
///
/// Looked at are the members of the text's own object and, where that is an event, of its `response`. All others pass,
/// and so does what is no JSON.
struct MemberScanner: Sendable {
    enum Effect: Equatable {
        case outside
        /// The colon before the value of this member.
        case begins(Int)
        /// A byte of that value, or of the white space before it.
        case value
    }

    /// The part of a value that is under way.
    private enum Part {
        case awaited, string, scalar
        case container(depth: Int)
    }

    /// The longest name of all, each letter escaped.
    private static let maxName = 22 * 6

    private let names: [String]
    private let isEvent: Bool
    private var part: Part?
    private var depth = 0
    private var rootIsObject = false
    private var isInResponse = false
    private var isInString = false
    private var isEscaped = false
    /// The next string is the name of a member that is looked at.
    private var awaitsName = false
    private var isInName = false
    /// The last one, as it stands.
    private var name: [UInt8] = []

    init(_ names: [String], isEvent: Bool) {
        self.names = names
        self.isEvent = isEvent
    }

    /// A new text begins.
    mutating func reset() { self = MemberScanner(names, isEvent: isEvent) }

    mutating func read(_ byte: UInt8) -> Effect {
        if let part { return readValue(byte, part) }
        if isInString {
            readString(byte)
            return .outside
        }
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            isInName = awaitsName
            if isInName { name.removeAll(keepingCapacity: true) }
        case UInt8(ascii: "{"), UInt8(ascii: "["): open(isObject: byte == UInt8(ascii: "{"))
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth = max(0, depth - 1)
            if depth < 2 { isInResponse = false }
            awaitsName = false
        case UInt8(ascii: ","): awaitsName = isLookedAt
        case UInt8(ascii: ":"):
            guard isLookedAt, let member = names.firstIndex(where: isNamed) else { break }
            part = .awaited
            return .begins(member)
        default: break
        }
        return .outside
    }

    private var isLookedAt: Bool { depth == 1 && rootIsObject || depth == 2 && isInResponse }

    private mutating func open(isObject: Bool) {
        depth += 1
        if depth == 1 { rootIsObject = isObject }
        if depth == 2 { isInResponse = isEvent && rootIsObject && isObject && isNamed("response") }
        awaitsName = isLookedAt
    }

    private mutating func readString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            if isInName { awaitsName = false }
            isInName = false
            return
        }
        if isInName, name.count <= Self.maxName { name.append(byte) }
    }

    private func isNamed(_ expected: String) -> Bool {
        if name.elementsEqual(expected.utf8) { return true }
        guard name.contains(UInt8(ascii: "\\")), name.count <= Self.maxName else { return false }
        return JSONString.text(name.span, 0..<name.count, hasEscape: true).map { $0.utf8.elementsEqual(expected.utf8) }
            ?? false
    }

    private mutating func readValue(_ byte: UInt8, _ current: Part) -> Effect {
        switch (current, byte) {
        case (.awaited, 0x20), (.awaited, 0x09), (.awaited, 0x0A), (.awaited, 0x0D): break
        case (.awaited, UInt8(ascii: "\"")): part = .string
        case (.awaited, UInt8(ascii: "{")), (.awaited, UInt8(ascii: "[")): part = .container(depth: 1)
        case (.awaited, _): part = .scalar
        case (.scalar, UInt8(ascii: ",")), (.scalar, UInt8(ascii: "}")), (.scalar, UInt8(ascii: "]")):
            part = nil
            return read(byte)
        case (.scalar, _): break
        case (.string, _):
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                part = nil
            }
        case (.container(let depth), _): readContainer(byte, depth)
        }
        return .value
    }

    private mutating func readContainer(_ byte: UInt8, _ depth: Int) {
        if isInString {
            readString(byte)
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): part = .container(depth: depth + 1)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): part = depth == 1 ? nil : .container(depth: depth - 1)
        default: break
        }
    }
}
