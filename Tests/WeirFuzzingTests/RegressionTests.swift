import Foundation
import Testing
import WeirFuzzing

/// What fuzzing once found, and what it starts from, through the properties that it checks.
@Suite("Fuzzed properties")
struct RegressionTests {
    /// `Tests/Fuzz/Regressions/TARGET/…`, each file an input.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzz/Regressions")

    private static func files(of target: String) -> [URL] {
        let folder = folder.appending(path: target)
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).sorted { $0.path < $1.path }
    }

    @Test("every input that was found holds now", arguments: FuzzTarget.all)
    func regressions(target: FuzzTarget) throws {
        for file in Self.files(of: target.name) {
            do {
                try target.check(Array(try Data(contentsOf: file)))
            } catch let violation as Violation {
                Issue.record("\(file.lastPathComponent): \(violation)")
            }
        }
    }

    @Test("every seed holds, and every seed cut short", arguments: FuzzTarget.all)
    func seeds(target: FuzzTarget) {
        for seed in target.seeds() {
            for length in Set([seed.count, seed.count * 3 / 4, seed.count / 2, max(0, seed.count - 1)]) {
                do {
                    try target.check(Array(seed.prefix(length)))
                } catch {
                    Issue.record("\(String(decoding: seed.prefix(length), as: UTF8.self).debugDescription): \(error)")
                }
            }
        }
    }

    @Test("the folder of found inputs names no target that there is not")
    func folders() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let known = Set(FuzzTarget.all.map(\.name))
        #expect(names.filter { !$0.hasPrefix(".") && !known.contains($0) }.isEmpty)
    }
}
