package import WeirOpenAI

/// What AI calls have spent and hits have saved: in all, by route, by model, by user and by each value of each persona
/// dimension.
///
/// Names come from requests, so each kind has a number of rows and one more for the rest; nothing is lost, and sums over
/// routes, models or users with their rest are ``total`` but for requests that have none. An event loop has one of its own;
/// ``add(_:)`` makes one of several.
///
/// A name in here can be anything a client sends. A metric's label is never one of them, but what
/// ``PriceTable/name(of:)`` makes of a model's.
package struct Spending: Sendable, Equatable {
    /// One answer.
    package struct Entry: Sendable {
        package var route: String
        package var model: String
        package var user: String?
        package var persona: Persona
        package var usage: Usage
        /// What it cost or would have; nil where the model has no price.
        package var cost: Money?
        /// The answer has not told what it used.
        package var isEstimated: Bool

        package init(
            route: String,
            model: String,
            user: String? = nil,
            persona: Persona = Persona(),
            usage: Usage,
            cost: Money?,
            isEstimated: Bool = false
        ) {
            self.route = route
            self.model = model
            self.user = user
            self.persona = persona
            self.usage = usage
            self.cost = cost
            self.isEstimated = isEstimated
        }
    }

    package private(set) var total = SpendingCounts()
    package private(set) var routes: SpendingRows
    package private(set) var models: SpendingRows
    package private(set) var users: SpendingRows
    /// `interests` as the whole set that they are.
    package private(set) var dimensions: [PersonaDimension: SpendingRows]

    package init(bounds: SpendingBounds = SpendingBounds()) {
        routes = SpendingRows(limit: bounds.routes)
        models = SpendingRows(limit: bounds.models)
        users = SpendingRows(limit: bounds.users)
        let values = SpendingRows(limit: bounds.values)
        dimensions = Dictionary(uniqueKeysWithValues: PersonaDimension.allCases.map { ($0, values) })
    }

    /// An answer that an upstream was paid for.
    package mutating func spend(_ entry: Entry) {
        record(entry) { $0.spend(entry.usage, cost: entry.cost, isEstimated: entry.isEstimated) }
    }

    /// An answer that came from the store, or from a call that somebody else made.
    package mutating func save(_ entry: Entry) { record(entry) { $0.save(entry.usage, cost: entry.cost) } }

    private mutating func record(_ entry: Entry, _ change: (inout SpendingCounts) -> Void) {
        change(&total)
        routes.update(entry.route, change)
        // Names that are made up must not take all the places of those that are priced.
        models.update(entry.model, mayTake: entry.cost == nil ? models.limit / 2 : nil, change)
        if let user = entry.user { users.update(user, change) }
        for (dimension, value) in entry.persona.values { dimensions[dimension]?.update(value, change) }
    }

    package mutating func add(_ other: Spending) {
        total.add(other.total)
        routes.add(other.routes)
        models.add(other.models)
        users.add(other.users)
        for (dimension, rows) in other.dimensions { dimensions[dimension]?.add(rows) }
    }
}
