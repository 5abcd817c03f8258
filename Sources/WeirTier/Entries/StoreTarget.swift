import NIOCore
import WeirCache
import WeirHTTP

/// Where an answer goes among those under its key, and what it takes the place of there.
///
/// Both follow from the selecting names in Redis, which others may change: they are what this sidecar believes them to be,
/// and the script that writes sees to it that they are.
struct StoreTarget: Equatable {
    /// The selecting names as they are believed to be, as they stand in Redis; empty: there are none.
    let believed: ByteBuffer
    /// Those that take their place; nil where they stay.
    let begun: SelectingNames?
    /// Which of several it is; nil for the one without `Vary`.
    let variant: CacheKey?
    /// The one of several that its request has selected so far, be it there or not.
    let chosen: CacheKey?

    /// - Parameters:
    ///   - selection: what selects the answer.
    ///   - request: what it answers.
    init(_ selection: VarySelection, answering request: FieldSection, believed: ByteBuffer) {
        self.believed = believed
        var former: SelectingNames?
        if case .selection(let names)? = TierValue(believed) { former = names }
        chosen = former?.variant(for: request)
        if selection.isEmpty {
            (begun, variant) = (nil, nil)
        } else if let former, former.names == selection.names {
            (begun, variant) = (nil, former.variant(selection))
        } else {
            let names = SelectingNames.begin(selection.names)
            (begun, variant) = (names, names.variant(selection))
        }
    }

    /// Which field of the fence besides its own must not have a later token: under names that stay an answer is no older
    /// than these, and those which change them, or have no `Vary`, are no older than the latest that has.
    var turn: String { variant != nil && begun == nil ? "v" : "s" }

    /// The field of the fence with the token of the last that wrote it.
    static func field(_ variant: CacheKey?) -> String { variant.map { "e:\($0)" } ?? "e" }
}
