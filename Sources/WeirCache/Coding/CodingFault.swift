/// Why encoded bytes cannot be used: a miss, never an error for a client.
package enum CodingFault: Error, Sendable, Hashable {
    /// Cut short, changed, bound to something else, or never written by ``StoredResponseCoder``.
    case damaged
    /// Written by a Weir with another layout of them.
    case otherVersion
    /// Sealed with another key, or with one where there is none here.
    case sealed
    /// Not sealed, where there is a key and so only what is sealed counts.
    case notSealed
}

extension CodingFault: CustomStringConvertible {
    /// For logs, behind what it is about.
    package var description: String {
        switch self {
        case .damaged: "is damaged"
        case .otherVersion: "is of another version"
        case .sealed: "is sealed, and not with this cache.seal_key"
        case .notSealed: "is not sealed, but there is a cache.seal_key"
        }
    }
}
