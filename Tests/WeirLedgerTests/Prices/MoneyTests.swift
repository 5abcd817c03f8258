import Testing
import WeirLedger

@Suite struct MoneyTests {
    @Test(
        "dollars are read and told exactly",
        arguments: [
            ("0", 0, "0.00"), ("2", 2_000_000_000_000, "2.00"), ("2.5", 2_500_000_000_000, "2.50"),
            ("2.50", 2_500_000_000_000, "2.50"), ("0.075", 75_000_000_000, "0.075"),
            ("0.000000000001", 1, "0.000000000001"), ("0.1", 100_000_000_000, "0.10"),
            ("007.10", 7_100_000_000_000, "7.10"), ("18446744.073709551615", .max, "18446744.073709551615"),
        ] as [(String, UInt64, String)]
    )
    func dollars(text: String, picodollars: UInt64, told: String) throws {
        let money = try #require(Money(dollars: text))
        #expect(money.picodollars == picodollars)
        #expect(money.dollars == told)
        #expect(Money(dollars: told) == money)
    }

    @Test(
        "what is no amount of dollars",
        arguments: [
            "", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "1 ", "1.2.3", "0.0000000000001", "٣", "$1",
            "18446744.073709551616", "18446745", "9999999999999999999", "0x10", "inf", "nan",
        ]
    )
    func bad(text: String) {
        #expect(Money(dollars: text) == nil)
    }

    @Test("sums and differences stay between nothing and the most there is")
    func saturates() {
        let one = Money(picodollars: 1)
        #expect(Money.most + one == .most)
        #expect(Money.zero - one == .zero)
        #expect(Money.most - .most == .zero)
        #expect(one + one == Money(picodollars: 2))
        #expect(one < one + one)
        var sum = one
        sum += Money(picodollars: 4)
        sum -= Money(picodollars: 2)
        #expect(sum == Money(picodollars: 3))
    }

    @Test("a rate is exact to a millionth of a dollar per million tokens")
    func rates() throws {
        let rate = try #require(Money(dollars: "0.000001").flatMap(TokenRate.init(perMillion:)))
        #expect(rate.cost(of: 1).picodollars == 1)
        #expect(rate.cost(of: 1_000_000).dollars == "0.000001")
        #expect(rate.cost(of: -5) == .zero)
        #expect(rate.perMillion.dollars == "0.000001")
        #expect(Money(dollars: "0.0000001").flatMap(TokenRate.init(perMillion:)) == nil)
        #expect(Money(dollars: "1000000.000001").flatMap(TokenRate.init(perMillion:)) == nil)
        let most = try #require(Money(dollars: "1000000").flatMap(TokenRate.init(perMillion:)))
        #expect(most.cost(of: .max) == .most)
    }
}
