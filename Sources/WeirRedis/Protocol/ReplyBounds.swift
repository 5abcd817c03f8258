/// The most that one reply may hold.
package struct ReplyBounds: Sendable, Equatable {
    /// Bytes of one value.
    package var bulk: Int
    /// Bytes of all values of one reply.
    package var bytes: Int
    /// Replies within one reply. How deep they may lie is hiredis' affair: seven arrays within one another.
    package var elements: Int
    /// Bytes of a line: a status, an error, or a length.
    package var line: Int

    package init(bulk: Int = 64 << 20, bytes: Int = 256 << 20, elements: Int = 1 << 20, line: Int = 64 << 10) {
        self.bulk = bulk
        self.bytes = bytes
        self.elements = elements
        self.line = line
    }
}
