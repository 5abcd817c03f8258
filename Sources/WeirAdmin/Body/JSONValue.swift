#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A request's body, read whole before anybody asks what it means, so that an error can say what was found.
enum JSONValue: Equatable, Decodable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// - Throws: ``AdminError`` 400 when the bytes are no JSON.
    init(parsing bytes: some Collection<UInt8>) throws(AdminError) {
        guard !bytes.isEmpty else { throw .invalidBody("expected a JSON object, found an empty body") }
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch {
            throw .invalidBody("expected a JSON object, found a body that is not JSON")
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// What sort of value it is, for errors.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The value where it is short, else its kind.
    var description: String {
        switch self {
        case .boolean(let value): "\(value)"
        case .string(let value) where value.utf8.count <= 80: "'\(value)'"
        case .object(let members) where members.isEmpty: "an empty object"
        case .null, .number, .string, .array, .object: kind
        }
    }
}
