package import NIOCore

/// `reload:` of `proxy.conf`.
package struct ReloadSettings: Sendable, Equatable {
    /// Between two looks at the file; zero: it is not watched.
    package var watch: TimeAmount

    package init(watch: TimeAmount = .seconds(1)) { self.watch = watch }
}
