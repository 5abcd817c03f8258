/// The most that one reply may hold.
struct ReplyBounds: Sendable, Equatable {
    /// Bytes of one value.
    var bulk = 64 << 20
    /// Bytes of all values of one reply.
    var bytes = 256 << 20
    /// Replies within one reply. How deep they may lie is hiredis' affair: seven arrays within one another.
    var elements = 1 << 20
    /// Bytes of a line: a status, an error, or a length.
    var line = 64 << 10
}
