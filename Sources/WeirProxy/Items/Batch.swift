/// What waits to be asked for together: orders of one group, as they come.
///
///     add ─▶ waiting ─▶ full, or due ─▶ taken
///       └──▶ as many items as a batch may have: taken at once, alone
struct Batch<Order> {
    struct Limits {
        var items: Int
        var tokens: Int
    }

    struct Addition {
        /// What is to be asked for now, each a call of its own.
        var full: [[Order]] = []
        /// Whether the order is the first of those that wait now.
        var begins = false
    }

    private(set) var orders: [Order] = []
    private var items = 0
    private var tokens = 0

    var isEmpty: Bool { orders.isEmpty }

    mutating func add(_ order: Order, items: Int, tokens: Int, limits: Limits) -> Addition {
        guard items < limits.items, tokens < limits.tokens else { return Addition(full: [[order]]) }
        var addition = Addition()
        if self.items + items > limits.items || self.tokens + tokens > limits.tokens { addition.full.append(take()) }
        addition.begins = isEmpty
        orders.append(order)
        self.items += items
        self.tokens += tokens
        if self.items == limits.items {
            addition.full.append(take())
            addition.begins = false
        }
        return addition
    }

    mutating func take() -> [Order] {
        defer { self = Batch() }
        return orders
    }
}
