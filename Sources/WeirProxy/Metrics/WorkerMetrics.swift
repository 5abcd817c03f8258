import WeirOpenAI

/// One worker's counters: plain numbers on its own event loop, summed when somebody asks.
package struct WorkerMetrics: Sendable {
    /// Models beyond these are counted together, so that user input cannot grow the table.
    private static let maxModels = 64
    private static let otherModels = "other"

    package internal(set) var connectionsAccepted: UInt64 = 0
    package internal(set) var connectionsRefused: UInt64 = 0
    /// Requests that were not HTTP, or that no route took.
    package internal(set) var requestsRefused: UInt64 = 0
    package internal(set) var routes: [RouteMetrics]
    package private(set) var tokens: [String: TokenCounts] = [:]

    init(routes: Int) { self.routes = Array(repeating: RouteMetrics(), count: routes) }

    mutating func record(usage: Usage, model: String) {
        let name = tokens[model] != nil || tokens.count < Self.maxModels ? model : Self.otherModels
        tokens[name, default: TokenCounts()].add(usage)
    }

    mutating func add(_ other: WorkerMetrics) {
        connectionsAccepted += other.connectionsAccepted
        connectionsRefused += other.connectionsRefused
        requestsRefused += other.requestsRefused
        for index in routes.indices { routes[index].add(other.routes[index]) }
        for (model, counts) in other.tokens { tokens[model, default: TokenCounts()].add(counts) }
    }
}
