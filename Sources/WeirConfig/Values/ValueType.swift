/// What a scalar may be: how it is called in the reference and in errors, read and written.
struct ValueType<Value: Sendable>: Sendable {
    /// A word for the reference: `duration`.
    let name: String
    /// Unit and range for the reference: `bytes; 64KiB to 1GiB`. Empty for what has none.
    var measure = ""
    /// What an error says was expected: `a duration such as 250ms, 30s or 5m`.
    let expected: String
    /// Whether errors may show what was found.
    var isSecret = false
    let parse: @Sendable (String) throws(ValueError) -> Value
    /// As it is written in `proxy.conf`.
    let format: @Sendable (Value) -> String

    /// Why `text` is not such a value, for a user.
    func message(for error: ValueError, found text: String) -> String {
        switch error {
        case .mismatch where isSecret: "expected \(expected)"
        case .mismatch: "expected \(expected), found \(Node.quote(text))"
        case .suggestion(let suggestion):
            "expected \(expected), found \(Node.quote(text)); did you mean '\(suggestion)'?"
        case .range(let expectation): "expected \(expectation), found \(Node.quote(text))"
        case .other(let message): message
        }
    }
}

/// Why a scalar cannot be read.
enum ValueError: Error, Equatable {
    case mismatch
    /// Not this, but perhaps that.
    case suggestion(String)
    /// Of the right kind, but too small or too large: what is expected.
    case range(String)
    /// A whole message.
    case other(String)
}
