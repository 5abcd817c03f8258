import Testing

@testable import WeirProxy

@Suite struct BodyBacklogTests {
    @Test("what came costs its bytes and its pieces until it is taken")
    func cost() {
        var backlog = BodyBacklog()
        #expect(backlog.cost == 0)
        backlog.came(bytes: 100, pieces: 2)
        #expect(backlog.cost == 100 + 2 * BodyBacklog.pieceCost)
        backlog.took(bytes: 60)
        #expect(backlog.cost == 40 + BodyBacklog.pieceCost)
        backlog.took(bytes: 40)
        #expect(backlog.cost == 0)
    }

    @Test("padding that is taken before it comes makes no debt and no gift")
    func padding() {
        var backlog = BodyBacklog()
        for _ in 0..<3 {
            backlog.came(bytes: 10, pieces: 1)
            backlog.took(bytes: 15)
            #expect(backlog.cost == 0)
            backlog.came(bytes: 5, pieces: 1)
            #expect(backlog.cost == 0)
        }
        backlog.came(bytes: 10, pieces: 1)
        #expect(backlog.cost >= 10)
        backlog.took(bytes: 10)
        #expect(backlog == BodyBacklog())
    }
}
