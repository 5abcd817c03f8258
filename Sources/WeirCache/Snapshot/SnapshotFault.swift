#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why a snapshot is not read, not read to its end, or not written: for a log, behind its path.
package enum SnapshotFault: Error, Sendable, Equatable {
    case missing
    /// A call of the system's that failed: what could not be done, and the code of why.
    case system(String, code: Int32)
    /// A folder, a device or the like.
    case notRegular
    case notOwned
    /// It does not begin as a snapshot does.
    case foreign
    case header(CodingFault)
    /// - Parameter offset: of the entry that cannot be used, in bytes of the file.
    case entry(CodingFault, offset: Int)
    case cancelled
}

extension SnapshotFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing: "is not there"
        // strerror gives a string for every code; it is copied at once.
        case .system(let action, let code): "\(action): \(unsafe String(cString: strerror(code)))"
        case .notRegular: "is not a regular file, and is left alone"
        case .notOwned: "belongs to another user, and is left alone"
        case .foreign: "is not a snapshot of Weir's, and is left alone"
        case .header(let fault): fault.description
        case .entry(.damaged, let offset): "is damaged from byte \(offset) on"
        case .entry(let fault, _): fault.description
        case .cancelled: "is given up: Weir stops at once"
        }
    }
}
