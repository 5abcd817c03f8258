import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A `listen` address that cannot be had.
package struct ListenError: Error, CustomStringConvertible {
    package let address: ListenAddress
    package let cause: any Error

    package init(address: ListenAddress, cause: any Error) {
        self.address = address
        self.cause = cause
    }

    package var description: String {
        if let error = cause as? IOError, error.errnoCode == EADDRINUSE {
            return "cannot listen on \(address.description): the address is already in use"
        }
        return "cannot listen on \(address.description): \(cause)"
    }
}
