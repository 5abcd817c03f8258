/// Paths of files that the configuration names.
enum FilePath {
    /// - Parameter configuration: the file that names it; a relative path starts in its folder.
    /// - Returns: the path from the working folder or the root.
    static func whole(_ path: String, besides configuration: String) -> String {
        guard !path.hasPrefix("/"), let slash = configuration.lastIndex(of: "/") else { return path }
        return configuration[...slash] + path
    }
}
