/// What calls to AI upstreams used.
package struct AIStatistics: Sendable, Encodable, Equatable {
    /// By name.
    package var models: [ModelStatistics] = []

    package init() {}
}
