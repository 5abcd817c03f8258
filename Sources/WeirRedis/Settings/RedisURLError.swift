/// What is wrong with a Redis URL. Says nothing of what stands before its host: that may be a password.
package enum RedisURLError: Error, Equatable, CustomStringConvertible {
    case scheme
    /// `redis://secret@host`: some take it for the user, others for the password.
    case userWithoutPassword
    /// The user, or the password, holds a `%` that two hexadecimal digits do not follow, or is no UTF-8.
    case percentEncoding
    case host
    case port(String)
    case database(String)
    /// A query or a fragment.
    case extra

    package var description: String {
        switch self {
        case .scheme: "expected 'redis://' or 'rediss://' at the beginning"
        case .userWithoutPassword:
            "expected 'user:password@' or ':password@' before the host; without a colon it could be either"
        case .percentEncoding: "the user or the password is not percent-encoded UTF-8; write '%25' for '%'"
        case .host: "expected a host, an IPv6 address in brackets"
        case .port(let found): "expected a port from 1 to 65535, found '\(found)'"
        case .database(let found): "expected a database's number behind '/', found '\(found)'"
        case .extra: "expected nothing behind the database's number; settings have keys of their own"
        }
    }
}
