/// What is wrong with a Redis URL. Its description shows nothing of it: any part may be a password that is not encoded, or
/// not where it belongs.
package enum RedisURLError: Error, Equatable, CustomStringConvertible {
    case scheme
    /// `redis://secret@host`: some take it for the user, others for the password.
    case userWithoutPassword
    /// The user, or the password, holds a `/`, `?` or `#`, or a `%` that two hexadecimal digits do not follow, or is no
    /// UTF-8.
    case percentEncoding
    case host
    case port(String)
    case database(String)
    /// A query or a fragment.
    case extra

    package var description: String {
        switch self {
        case .scheme: "expected a URL that begins with redis:// or rediss://"
        case .userWithoutPassword:
            "expected 'user:password@' or ':password@' before the host; without a colon it could be either"
        case .percentEncoding: "the user or the password is not percent-encoded: write '%2F' for '/' and '%25' for '%'"
        case .host: "expected a host in the URL, an IPv6 address in brackets"
        case .port: "expected a port from 1 to 65535 behind the host's ':'"
        case .database: "expected a database's number behind the host's '/'"
        case .extra: "expected nothing behind the database's number: settings have keys of their own"
        }
    }
}
