package import NIOCore

/// What a server answers to one command (RESP2).
package enum RedisReply: Sendable, Equatable {
    /// `+OK`
    case status(String)
    /// `-WRONGTYPE …`: the first word names the kind.
    case error(String)
    case integer(Int64)
    case bulk(ByteBuffer)
    /// No such value: a bulk, or an array, of length -1.
    case null
    case array([RedisReply])

    /// The first word of an error, such as `MOVED`; nil of everything else.
    package var errorKind: Substring? {
        guard case .error(let text) = self else { return nil }
        return text.prefix { $0 != " " }
    }

    /// Whether it says that this user may not do that: by its kind, or, from within a script, in the words of Redis up to
    /// 7.0, or of later ones.
    var isRefusal: Bool {
        guard case .error(let text) = self else { return false }
        return text.hasPrefix("NOPERM ") || text.contains("The user executing the script can't")
            || text.contains("ACL failure in script")
    }

    /// Whether it says that the server as a whole cannot answer now. Errors that are about one command, or only about
    /// writing (`OOM`, `READONLY`), do not.
    var isOutage: Bool {
        switch errorKind {
        case "LOADING"?, "MASTERDOWN"?, "CLUSTERDOWN"?: true
        case _: false
        }
    }
}
