package import NIOCore

/// How items of several requests are asked for together.
package struct BatchSettings: Sendable, Equatable {
    /// Items of a call that several requests share; what has as many goes at once, and alone.
    package var size: Int
    /// How long the first of them waits for others.
    package var wait: TimeAmount

    package init(size: Int = 10, wait: TimeAmount = .milliseconds(20)) {
        self.size = size
        self.wait = wait
    }
}
