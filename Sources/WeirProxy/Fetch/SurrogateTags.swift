import NIOCore
import WeirHTTP

/// The tags an app gives its response: `Surrogate-Key` (separated by spaces) and `Cache-Tag` (by commas).
enum SurrogateTags {
    static func read(_ response: FieldSection) -> [String] {
        var tags = response.values(.surrogateKey).flatMap { value in
            value.split(whereSeparator: ASCII.isBlank).map { String(decoding: $0, as: UTF8.self) }
        }
        tags += response.listMembers(.cacheTag).map { String(decoding: $0, as: UTF8.self) }
        return tags
    }
}
