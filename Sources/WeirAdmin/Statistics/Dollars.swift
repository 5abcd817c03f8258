package import WeirLedger

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An amount in dollars: a number in JSON, told with all its digits, so that sums of them are exact.
package struct Dollars: Sendable, Encodable, Equatable {
    let money: Money

    package init(_ money: Money) { self.money = money }

    var decimal: Decimal { Decimal(sign: .plus, exponent: -12, significand: Decimal(money.picodollars)) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(decimal)
    }
}
