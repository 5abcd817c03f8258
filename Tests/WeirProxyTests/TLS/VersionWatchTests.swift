import Testing
import WeirTesting

@testable import WeirProxy

@Suite struct VersionWatchTests {
    @Test(
        "a change counts once, when it looks the same twice",
        arguments: [
            // The key follows its certificate: only then both are there.
            ([[1, 1], [2, 1], [2, 2], [2, 2], [2, 2]], [false, false, false, true, false]),
            ([[2, 1], [1, 1], [1, 1]], [false, false, false]),
            ([[nil, 1], [nil, 1], [1, 1], [1, 1], [1, 1]], [false, true, false, true, false]),
        ] as [([[Int?]], [Bool])]
    )
    func changes(looks: [[Int?]], expected: [Bool]) {
        var watch: VersionWatch<Int?> = VersionWatch([1, 1])
        let told = looks.map { watch.look(at: $0) }
        #expect(told == expected)
    }

    @Test("a file that is replaced by one of the same size has another version; nothing has none")
    func versions() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a", to: "file")
        let first = FileVersion(of: path)
        #expect(first != nil && first == FileVersion(of: path))
        try folder.write("b", to: "file")
        #expect(FileVersion(of: path) != first)
        #expect(FileVersion(of: folder.path("other")) == nil)
        #expect(FileVersion(of: folder.path(""))?.isRegular == false)
    }
}
