import WeirAdmin

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How far a warming list is, on standard error: a bar on a terminal, else a line now and then.
struct WarmProgress {
    private static let width = 30
    private static let lineEvery = Duration.seconds(5)

    private let total: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastLine = ContinuousClock.now
    private var hasBar = false

    /// - Parameter total: lines of the list that hold something.
    init(total: Int) { self.total = total }

    mutating func show(_ answer: WarmAnswer) {
        let counts =
            "\(answer.lines) of \(total): \(answer.hits) hits, \(answer.stored) stored, \(answer.failed) failed, cost \(answer.costDollars)"
        if isTerminal {
            let filled = total == 0 ? Self.width : min(Self.width, answer.lines * Self.width / total)
            let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.width - filled)
            // Back to the line's beginning, and what was there before is gone.
            StandardError.write("\r\u{1B}[2K[\(bar)] \(counts)", terminator: "")
            hasBar = true
        } else if ContinuousClock.now - lastLine >= Self.lineEvery {
            lastLine = .now
            StandardError.write(counts)
        }
    }

    /// The bar stays as it is.
    func end() { if hasBar { StandardError.write("") } }
}
