import Testing

@testable import WeirUpstream

@Suite struct HealthMachineTests {
    /// `+` for a check that passed, `-` for one that failed; after each, whether the address is healthy.
    @Test(
        "An address changes after so many checks in a row that say the opposite",
        arguments: [
            ("", ""),
            ("---", "++-"),
            ("--+--+", "++++++"),
            ("---++", "++--+"),
            ("---+-+-++", "++------+"),
            ("-----++---", "++----+++-"),
        ]
    )
    func thresholds(checks: String, expected: String) {
        var machine = HealthMachine(settings: HealthSettings(path: "/", healthy: 2, unhealthy: 3))
        var shown = ""
        for check in checks {
            let before = machine.isHealthy
            let hasChanged = machine.report(check == "+" ? .passed : .failed("status 500"))
            #expect(hasChanged == (before != machine.isHealthy))
            shown += machine.isHealthy ? "+" : "-"
        }
        #expect(shown == expected)
        #expect(machine.lastFailure == (checks.contains("-") ? "status 500" : nil))
    }

    @Test("By other settings it is as healthy as it was, and goes on counting")
    func succession() {
        let settings = HealthSettings(path: "/", healthy: 2, unhealthy: 3)
        var machine = HealthMachine(settings: settings)
        for _ in 0..<2 { _ = machine.report(.failed("down")) }
        machine = HealthMachine(settings: settings, succeeding: machine)
        #expect(machine.isHealthy)
        let hasFailed = machine.report(.failed("down"))
        #expect(hasFailed)
        machine = HealthMachine(settings: HealthSettings(path: "/", healthy: 1), succeeding: machine)
        #expect(!machine.isHealthy && machine.lastFailure == "down")
        let hasPassed = machine.report(.passed)
        #expect(hasPassed && machine.isHealthy)
    }

    @Test(
        "Any status from 200 to 399 passes, unless one is named",
        arguments: [
            (nil, UInt16(200), true), (nil, 204, true), (nil, 302, true), (nil, 399, true), (nil, 199, false),
            (nil, 404, false), (nil, 503, false), (401, 401, true), (401, 200, false),
        ] as [(Int?, UInt16, Bool)]
    )
    func statuses(expected: Int?, status: UInt16, passes: Bool) {
        #expect(HealthSettings(path: "/", status: expected).passes(status: status) == passes)
    }
}
