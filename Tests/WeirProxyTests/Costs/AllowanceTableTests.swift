import Testing
import WeirLedger

@testable import WeirProxy

@Suite("Allowances by the names of routes")
struct AllowanceTableTests {
    private static func route(_ path: String, daily: Money? = Money(picodollars: 1)) -> RouteSettings {
        RouteSettings(path: path, upstream: "app", budget: daily.map { BudgetSettings(routeDaily: $0) })
    }

    @Test("a route has the same ones from one configuration to the next, and when it comes back")
    func kept() throws {
        var table = AllowanceTable()
        let first = table.assign([Self.route("/a"), Self.route("/b", daily: nil)])
        let allowances = try #require(first[0])
        #expect(first[1] === nil)
        #expect(table.assign([Self.route("/c"), Self.route("/a", daily: .most)])[1] === allowances)
        let none = table.assign([Self.route("/a", daily: nil)])
        #expect(none.count == 1 && none[0] === nil)
        #expect(table.assign([]).isEmpty)
        #expect(table.assign([Self.route("/a")])[0] === allowances)
    }

    @Test("of those that are gone the last ones are kept")
    func bounded() throws {
        var table = AllowanceTable()
        let old = try #require(table.assign([Self.route("/old")])[0])
        for index in 0..<AllowanceTable.maxGone { _ = table.assign([Self.route("/\(index)")]) }
        #expect(table.assign([Self.route("/old")])[0] === old)
        for index in 0...AllowanceTable.maxGone { _ = table.assign([Self.route("/\(index)")]) }
        #expect(table.assign([Self.route("/old")])[0] !== old)
    }
}
