import WeirCache
import WeirProxy

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// `cache/popular`: the keys that are hit most, without what their requests say.
package struct PopularAnswer: Codable, Sendable, Equatable {
    package struct Key: Codable, Sendable, Equatable {
        package let key: String
        package let route: String
        package let path: String
        package let hits: UInt64
        /// So many of the hits may be another key's.
        package let uncertainHits: UInt64
        package let savedDollars: Decimal
        /// Absent where nothing is stored under it.
        package let ageSeconds: Int64?
        /// Negative once stale.
        package let ttlSeconds: Int64?
        /// Whether its request is kept, for a warming list.
        package let hasRequest: Bool
    }

    package let keys: [Key]
}

extension PopularAnswer {
    init(_ keys: [PopularKey]) {
        self.keys = keys.map { key in
            Key(
                key: key.key.description,
                route: key.route,
                path: key.path,
                hits: key.hits,
                uncertainHits: key.uncertain,
                savedDollars: Dollars(key.saved).decimal,
                ageSeconds: key.age,
                ttlSeconds: key.timeToLive,
                hasRequest: key.request != nil
            )
        }
    }
}
