/// So that what waits for an exchange does not keep it alive when its client has left.
struct WeakExchange {
    private(set) weak var exchange: Exchange?

    init(_ exchange: Exchange) { self.exchange = exchange }
}
