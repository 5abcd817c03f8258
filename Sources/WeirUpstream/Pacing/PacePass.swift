/// A call's leave to go, and its place among those that have gone: what its answer says of the limits holds less what
/// has been sent after it.
struct PacePass: Sendable, Equatable {
    let key: PaceKey
    /// Calls that have been let go for this key, this one included; 0 where nothing was known of it.
    var calls = 0
    /// Tokens of these.
    var tokens = 0
}
