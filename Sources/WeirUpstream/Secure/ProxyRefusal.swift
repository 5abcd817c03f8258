/// Why there is no way through the proxy.
struct ProxyRefusal: Error {
    /// For people, without the peer's bytes.
    let reason: String
}
