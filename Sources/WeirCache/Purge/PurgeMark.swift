/// A point in the order of all purges. Taken when a fetch starts, it tells at the fetch's end whether a purge has
/// been meant for its answer meanwhile.
package struct PurgeMark: Sendable, Equatable {
    /// Purges before it.
    let sequence: UInt64
}
