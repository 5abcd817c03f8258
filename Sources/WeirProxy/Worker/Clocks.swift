package import NIOCore
package import WeirHTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The two clocks: monotonic for ages and deadlines, wall for dates. Tests bring their own.
package struct Clocks: Sendable {
    package var monotonic: @Sendable () -> NIODeadline
    package var wall: @Sendable () -> UnixTime

    package init(monotonic: @escaping @Sendable () -> NIODeadline, wall: @escaping @Sendable () -> UnixTime) {
        self.monotonic = monotonic
        self.wall = wall
    }

    package static let system = Clocks(
        monotonic: { NIODeadline.now() },
        wall: { UnixTime(seconds: Int64(time(nil))) }
    )
}
