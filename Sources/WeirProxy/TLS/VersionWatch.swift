/// Tells when files that belong together have changed: a certificate and its key are written one after the other, so a
/// change counts once it looks the same twice.
struct VersionWatch<Version: Equatable> {
    private var loaded: [Version]
    private var seen: [Version]

    /// - Parameter versions: of the files as they were loaded.
    init(_ versions: [Version]) {
        loaded = versions
        seen = versions
    }

    /// Whether the files are now as they were when they were loaded last.
    func isLoaded(_ versions: [Version]) -> Bool { versions == loaded }

    /// - Parameter versions: of the files as they are now, in the same order.
    /// - Returns: whether they are to be loaded; once for each change, whatever comes of it.
    mutating func look(at versions: [Version]) -> Bool {
        defer { seen = versions }
        guard versions != loaded, versions == seen else { return false }
        loaded = versions
        return true
    }
}
