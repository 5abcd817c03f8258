/// How many rows ``Spending`` has of each kind, beside those for the rest. A row is some 300 bytes and its name, on each
/// event loop.
package struct SpendingBounds: Sendable, Equatable {
    package var routes: Int
    package var models: Int
    package var users: Int
    /// Of each persona dimension.
    package var values: Int

    package init(routes: Int = 1_000, models: Int = 64, users: Int = 1_000, values: Int = 64) {
        self.routes = routes
        self.models = models
        self.users = users
        self.values = values
    }
}
