import WeirHTTP
import WeirLedger

/// What a response has to say of its costs, and has not said yet: in dollars.
struct ToldCosts {
    /// What was paid for it: nothing for what is stored, or came with somebody else's call.
    var cost: Money?
    /// What it would have cost.
    var saved: Money?
    /// What it has said.
    private(set) var toldCost: Money?
    private(set) var toldSaved: Money?

    static let names = ["X-Weir-Cost", "X-Weir-Saved"]

    /// Says it: in the head, or behind the body.
    mutating func take(into fields: inout FieldSection) {
        if let cost { fields.append(named: Self.names[0], cost.dollars) }
        if let saved { fields.append(named: Self.names[1], saved.dollars) }
        toldCost = cost ?? toldCost
        toldSaved = saved ?? toldSaved
        cost = nil
        saved = nil
    }
}
