import HTTPTypes
import Hummingbird

/// A request as JSON, as `/echo` and `/_demo/last` show it.
enum RequestDescription {
    private static let secret: Set<String> = ["authorization", "cookie", "api-key", "x-api-key", "proxy-authorization"]

    /// `{"method", "path", "headers": {name: [value…]}, "body": {"bytes", "sha256"}}`.
    ///
    /// Names are in lower case. Of a credential only `Credential.fingerprint` is shown.
    static func json(_ request: Request, bodyBytes: Int? = nil, bodySHA256: String? = nil) -> JSONValue {
        var values: [String: [JSONValue]] = [:]
        if let authority = request.head.authority { values["host"] = [.string(authority)] }
        for field in request.headers {
            let name = field.name.canonicalName
            let value = secret.contains(name) ? "sha256:" + Credential.fingerprint(field.value) : field.value
            values[name, default: []].append(.string(value))
        }
        var members: [(String, JSONValue)] = [
            ("method", .string(request.method.rawValue)),
            ("path", .string(request.head.path ?? "")),
            ("headers", .object(values.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value)) })),
        ]
        if let bodyBytes, let bodySHA256 {
            members.append(("body", ["bytes": .integer(bodyBytes), "sha256": .string(bodySHA256)]))
        }
        return .object(members)
    }
}
