/// A credential as it may be shown: never itself.
enum Credential {
    /// The first 12 hexadecimal digits of the SHA-256 of the field's value.
    static func fingerprint(_ value: String) -> String {
        String(SHA256Digest.hex(of: value.utf8).prefix(12))
    }
}
