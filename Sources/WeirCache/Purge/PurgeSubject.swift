/// What a purge goes by: of a stored response, or of an answer that is on its way.
package struct PurgeSubject: Sendable {
    package var key: CacheKey
    /// The URL's path.
    package var path: String
    package var tags: [String]
    /// Whether it may come to carry tags that nobody knows yet: then every purge by tag may be meant for it.
    package var mayGainTags: Bool

    package init(key: CacheKey, path: String, tags: [String], mayGainTags: Bool = false) {
        self.key = key
        self.path = path
        self.tags = tags
        self.mayGainTags = mayGainTags
    }
}

extension StoredResponse {
    package var purgeSubject: PurgeSubject { PurgeSubject(key: key, path: path, tags: tags) }
}
