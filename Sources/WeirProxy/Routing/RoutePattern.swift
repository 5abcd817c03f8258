package import NIOCore

/// `/courses/{id}`: what lies at or under a path, by whole segments. Nothing is decoded: `%2F` is not a slash.
package struct RoutePattern: Sendable, Equatable {
    package enum Segment: Sendable, Equatable {
        case literal([UInt8])
        /// Any one segment that is not empty.
        case capture(String)
    }

    private static let slash = UInt8(ascii: "/")

    package let segments: [Segment]

    /// - Parameter path: begins with a slash; `{name}` stands for a whole segment.
    package init(_ path: String) {
        segments = path.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .capture(String(part.dropFirst().dropLast())) : .literal(Array(part.utf8))
        }
    }

    package var captureNames: [String] {
        segments.compactMap {
            switch $0 {
            case .capture(let name): name
            case .literal: nil
            }
        }
    }

    package func matches(_ path: Span<UInt8>) -> Bool {
        var index = 0
        for segment in segments {
            guard index < path.count, path[index] == Self.slash else { return false }
            index += 1
            let start = index
            while index < path.count, path[index] != Self.slash { index += 1 }
            switch segment {
            case .literal(let bytes):
                guard bytes.count == index - start else { return false }
                for offset in bytes.indices where bytes[offset] != path[start + offset] { return false }
            case .capture:
                if index == start { return false }
            }
        }
        return true
    }

    /// The captured segments of a path that matches, as they were sent.
    package func captures(_ path: ByteBufferView) -> [(name: String, value: String)] {
        var rest = path[...]
        return segments.compactMap { segment in
            guard let part = Self.nextSegment(&rest), case .capture(let name) = segment else { return nil }
            return (name, String(decoding: part, as: UTF8.self))
        }
    }

    /// Takes `/segment` off the front of the path.
    private static func nextSegment(_ rest: inout ByteBufferView) -> ByteBufferView? {
        guard rest.first == Self.slash else { return nil }
        let behindSlash = rest.dropFirst()
        let end = behindSlash.firstIndex(of: Self.slash) ?? behindSlash.endIndex
        rest = behindSlash[end...]
        return behindSlash[..<end]
    }

    /// Whether this pattern is to be tried before another: the longer one, then the one whose first differing
    /// segment is a literal.
    func isMoreSpecific(than other: RoutePattern) -> Bool {
        if segments.count != other.segments.count { return segments.count > other.segments.count }
        for (mine, theirs) in zip(segments, other.segments) {
            switch (mine, theirs) {
            case (.literal, .capture): return true
            case (.capture, .literal): return false
            case (.literal, .literal), (.capture, .capture): continue
            }
        }
        return false
    }
}
