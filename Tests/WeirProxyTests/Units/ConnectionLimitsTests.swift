import Testing

@testable import WeirProxy

@Suite struct ConnectionLimitsTests {
    @Test(
        "clients get what files there are, less those of upstreams and a reserve",
        arguments: [
            // Wanted, files, upstreams' connections; what is left of the wanted.
            (10_000, 1_048_576, 1_000, 10_000), (10_000, 11_320, 1_000, 10_000), (10_000, 11_319, 1_000, 9_999),
            (100, 1_024, 100, 100), (10_000, 4_096, 100, 3_676), (10_000, 4_096, 100_000, 1_760),
            (10_000, 1_024, 100, 645), (10_000, 256, 100, 72), (10_000, 128, 100, 36), (10_000, 64, 1_000, 18),
            (10_000, 4, 1_000, 1), (1, 4, 1, 1),
        ]
    )
    func fitting(wanted: Int, files: Int, upstream: Int, left: Int) {
        let limits = ConnectionLimits(connections: wanted).fitting(files: files, upstream: upstream)
        #expect(limits.connections == left)
        #expect(files < 64 || left + limits.refusals + min(upstream, left) <= files - min(64, files / 4))
        var expected = ConnectionLimits(connections: wanted)
        expected.connections = left
        expected.refusals = limits.refusals
        #expect(limits == expected)
    }
}
