/// What has come of `cache/invalidate`: how many entries the purge was meant for, by what became of them.
package struct CachePurgeAnswer: Codable, Sendable, Equatable {
    package var removed: Int?
    package var softened: Int?
    /// Other sidecars may not have been told yet; absent where all have.
    package var untold: Bool?
}
