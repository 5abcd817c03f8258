/// Why bytes are not a JSON text (RFC 8259) that Weir takes.
enum JSONError: Error, Equatable {
    case invalidJSON
    case invalidUTF8
    /// Nested deeper than ``JSONScanner/depthLimit``.
    case tooDeep
    /// Longer than ``JSONScanner/sizeLimitBytes``.
    case tooLarge
}
