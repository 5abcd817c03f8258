package import NIOCore

/// `/courses/{id}`: what lies at or under a path, by whole segments. Nothing is decoded: `%2F` is not a slash.
package struct RoutePattern: Sendable, Equatable {
    package enum Segment: Sendable, Equatable {
        case literal([UInt8])
        /// Any one segment that is not empty.
        case capture(String)
    }

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

    package func matches(_ path: ByteBufferView) -> Bool {
        var rest = path[...]
        for segment in segments {
            guard let part = Self.nextSegment(&rest) else { return false }
            switch segment {
            case .literal(let bytes): if !part.elementsEqual(bytes) { return false }
            case .capture: if part.isEmpty { return false }
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
        guard rest.first == UInt8(ascii: "/") else { return nil }
        let behindSlash = rest.dropFirst()
        let end = behindSlash.firstIndex(of: UInt8(ascii: "/")) ?? behindSlash.endIndex
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
