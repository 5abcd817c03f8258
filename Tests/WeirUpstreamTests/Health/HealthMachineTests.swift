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
        #expect(machine.passed == checks.filter { $0 == "+" }.count)
        #expect(machine.failed == checks.filter { $0 == "-" }.count)
        #expect(machine.lastFailure == (checks.contains("-") ? "status 500" : nil))
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
