/// What has been sent ahead to a client that has closed its sending side, to find out whether it still reads.
///
/// A client that is done sending may wait for its answer (`shutdown`), or be gone for good (`close`): both look the
/// same. One that is gone answers the next byte with a reset. So one is sent that its response has to go on with
/// anyway, and an upstream call for nobody ends at once.
enum SignOfLife {
    /// Nothing yet.
    case unasked
    /// What every status line begins with is sent ahead of its head.
    case statusPrefix
    /// The client was asked; or it was a zero, which may stand before any chunk's size (RFC 9112 §7.1).
    case asked

    static let version: StaticString = "HTTP/1.1 "
}
