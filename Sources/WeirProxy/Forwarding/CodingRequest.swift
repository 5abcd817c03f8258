/// What a shared fetch says in `Accept-Encoding`.
enum CodingRequest {
    /// What this client says: answers are told apart by it, where they vary.
    case clients
    /// gzip: Weir gives each client the coding it takes, so that clients need not be told apart.
    case gzip
    /// Nothing: Weir reads the answer.
    case identity
}
