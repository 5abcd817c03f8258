/// A part of Weir that reads what others write, with what has to hold for any bytes at all.
///
/// One definition serves three: libFuzzer's driver (`Tests/Fuzz/Driver`), the unit tests that run every input that ever
/// broke a property (`Tests/Fuzz/Regressions`), and the seeds that fuzzing starts from.
package struct FuzzTarget: Sendable, CustomStringConvertible {
    package let name: String
    /// Inputs that are worth beginning with.
    package let seeds: @Sendable () -> [[UInt8]]
    private let property: @Sendable ([UInt8]) throws(Violation) -> Void

    init(
        _ name: String,
        seeds: @escaping @Sendable () -> [[UInt8]],
        property: @escaping @Sendable ([UInt8]) throws(Violation) -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.property = property
    }

    /// - Throws: what does not hold for this input. A trap is as much of a finding.
    package func check(_ input: [UInt8]) throws(Violation) { try property(input) }

    package var description: String { name }

    package static let all: [FuzzTarget] = [
        request, response, lines, chunked, cacheControl, fields, json, events, replay, gzip, stored, replies,
    ]
}

/// A property that does not hold, in words.
package struct Violation: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Violation) {
    if !holds { throw Violation(what()) }
}

func requireEqual<Value: Equatable>(_ left: Value, _ right: Value, _ what: String) throws(Violation) {
    if left != right { throw Violation("\(what):\n\(left)\nis not\n\(right)") }
}
