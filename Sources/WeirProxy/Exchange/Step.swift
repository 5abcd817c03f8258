import WeirCache

/// The life of a request, from top to bottom. Every station can end in `refuse`; `wait` hands over to events.
///
///     admit ─▶ route ─┬─▶ lookup ─┬─▶ answer              a stored response
///                     │     ▲  ▲  ├─▶ fetch ─┬─▶ answer   another sidecar's, after a 304, or stale for an error
///                     │     │  │  │          └─▶ forward  released by a flight: alone
///                     │     │  └──┴─▶ consult             HEAD, parts, and who wants no call
///                     ├─▶ receive ─┬─▶ identify ─▶ gather AI: the body is the key, or several
///                     │            └─▶ forward            it names a model, or is paid for
///                     └─▶ forward                         past the cache
enum Step {
    /// Is it a request for a proxy like this one?
    case admit
    /// Which route is it for, does it bring the token that the route wants, and what does the route say of the cache?
    case route
    /// The whole body first: it is the key, names the model that the route's fallback calls otherwise, or says what its call
    /// may use of what the route allows.
    case receive
    /// Who asks, for whom, and what: the key of an AI answer.
    case identify
    /// Is it stored, and may it be used as it is?
    case lookup
    /// Does another sidecar have it stored? For requests whose own answers nobody could share, and for those that take
    /// what is stored alone. Then memory is looked into once more.
    case consult
    /// One upstream call for all who ask; joining the one under way if there is one.
    case fetch(joins: Bool)
    /// A request for several items: each is looked up, and fetched where it is not stored.
    case gather
    /// One upstream call for this request alone, streamed through.
    case forward
    /// A stored response goes out.
    case answer(StoredResponse)
    /// An answer of Weir's own.
    case refuse(ProxyError)
    case wait
}
