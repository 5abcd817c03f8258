package import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension IOError {
    /// Whether this system has no file or memory for it: no peer is to blame.
    package var isShortage: Bool {
        errnoCode == EMFILE || errnoCode == ENFILE || errnoCode == ENOBUFS || errnoCode == ENOMEM
    }
}
