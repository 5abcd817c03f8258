/// The minor versions of HTTP/1 that Weir speaks.
package enum HTTPVersion: UInt8, Sendable, Comparable {
    case http10 = 0
    case http11 = 1

    package static func < (left: HTTPVersion, right: HTTPVersion) -> Bool { left.rawValue < right.rawValue }
}
