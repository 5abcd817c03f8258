import Testing
import WeirConfig

@Suite struct DamagedFileTests {
    @Test("A file that is cut anywhere, or lacks or has a character too many, is read or refused with places in it")
    func damaged() {
        let scalars = Array(Sample.design.unicodeScalars)
        let lines = Sample.design.split(separator: "\n", omittingEmptySubsequences: false).count
        let intruders: [Unicode.Scalar] = [
            "{", "}", "[", "\"", ":", "-", "&", "*", "!", "|", "\t", "\n", "$", "#", "?", "%",
        ]
        for index in scalars.indices where index % 23 == 0 {
            let intruder = intruders[index / 23 % intruders.count]
            let texts = [
                Array(scalars[..<index]), Array(scalars[..<index] + scalars[(index + 1)...]),
                Array(scalars[..<index] + [intruder] + scalars[index...]),
            ]
            for text in texts {
                do throws(ConfigurationErrors) {
                    _ = try Sample.read(String(String.UnicodeScalarView(text)))
                } catch {
                    #expect(!error.problems.isEmpty)
                    #expect(error.problems.allSatisfy { (1...lines + 1).contains($0.line) && $0.column >= 1 })
                    #expect(error.problems == error.problems.sorted())
                }
            }
        }
    }
}
