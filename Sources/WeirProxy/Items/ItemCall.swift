import NIOCore
import WeirOpenAI

/// What one upstream call asks for: each text once, whoever has ordered it. Who has ordered it first pays for it.
struct ItemCall {
    struct Part {
        /// Which of the call's items it is.
        let place: Int
        let isFirst: Bool
    }

    /// Of each order, line by line.
    let parts: [[Part]]
    /// About how many each of its items is.
    let tokens: [Int]
    let body: ByteBuffer

    /// - Parameter orders: one, or several of one group.
    init(_ orders: [ItemOrder]) {
        var places: [ByteBuffer: Int] = [:]
        var texts: [ByteBuffer] = []
        var tokens: [Int] = []
        parts = orders.map { order in
            order.lines.map { line in
                let item = order.items.items[line.item]
                if let place = places[item.canonical] { return Part(place: place, isFirst: false) }
                let place = texts.count
                places[item.canonical] = place
                texts.append(item.text)
                tokens.append(line.tokens)
                return Part(place: place, isFirst: true)
            }
        }
        self.tokens = tokens
        body = orders.count == 1 ? orders[0].body : orders[0].items.body(ofSeveral: texts)
    }
}
