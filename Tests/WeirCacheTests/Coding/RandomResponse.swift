import NIOCore
import WeirHTTP
import WeirTraces

@testable import WeirCache

/// Responses with something of everything that one may have, by a seed.
struct RandomResponse {
    private var generator: SplitMix64

    init(seed: Int) { generator = SplitMix64(state: UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9) }

    mutating func make(receivedAt: NIODeadline) -> StoredResponse {
        let isEventStream = flag()
        return StoredResponse(
            key: key(number(below: 1 << 30)),
            status: [200, 203, 301, 404, 599].randomElement(using: &generator)!,
            fields: fields(),
            freshness: Freshness(
                lifetime: Int64(number(below: 1 << 32)),
                staleWhileRevalidate: Int64(number(below: 100)),
                staleIfError: Int64(number(below: 100_000)),
                mustRevalidate: flag(),
                alwaysValidate: flag()
            ),
            initialAge: Int64(number(below: 1 << 31)),
            receivedAt: receivedAt,
            lastModified: flag() ? UnixTime(seconds: Int64(number(below: 1 << 33)) - 1 << 32) : nil,
            date: flag() ? UnixTime(seconds: Int64(number(below: 1 << 33))) : nil,
            selection: selection(),
            tags: (0..<number(below: 5)).map { _ in text(20) },
            path: "/" + text(40),
            note: ByteBuffer(bytes: bytes(40)),
            representations: (0..<1 + number(below: 4)).map { _ in representation(isEventStream: isEventStream) },
            variesByCoding: flag()
        )
    }

    private mutating func fields() -> FieldSection {
        var fields = FieldSection()
        for _ in 0..<number(below: 8) {
            let name = ["ETag", "etag", "Date", "X-Else", "x-\(number(below: 9))", "Last-Modified"].randomElement(
                using: &generator
            )!
            fields.append(named: name, bytes: (0..<number(below: 30)).map { _ in UInt8(0x21 + number(below: 0x5E)) })
        }
        return fields
    }

    private mutating func selection() -> VarySelection {
        let names = ["accept-language", "cookie", "x-a"].prefix(number(below: 4))
        return VarySelection(names: Array(names), values: names.map { _ in flag() ? bytes(12) : nil })
    }

    /// - Parameter isEventStream: of all forms: an AI answer's other kind is not written.
    private mutating func representation(isEventStream: Bool) -> Representation {
        Representation(
            form: .init(coding: ContentCoding.allCases.randomElement(using: &generator)!, isEventStream: isEventStream),
            head: ByteBuffer(bytes: bytes(200)),
            notModifiedHead: ByteBuffer(bytes: bytes(100)),
            body: ByteBuffer(bytes: bytes(3000)),
            etag: flag() ? ByteBuffer(bytes: bytes(30)) : nil
        )
    }

    mutating func bytes(_ most: Int) -> [UInt8] {
        (0..<number(below: most + 1)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    private mutating func text(_ most: Int) -> String {
        String(
            (0..<number(below: most + 1)).map { _ in
                ["a", "ß", "/", ":", "重", "\u{0}"].randomElement(using: &generator)!
            }
        )
    }

    private mutating func flag() -> Bool { generator.next() & 1 == 0 }

    private mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
}

extension StoredResponse {
    /// Everything but its age, part by part.
    var parts: [String: String] {
        var parts = [
            "key": "\(key)",
            "status": "\(status)",
            "fields": fields.lines.map { "\($0.name) \(Array(fields.name(of: $0))) \(Array(fields.value(of: $0)))" }
                .joined(separator: "\n"),
            "freshness": "\(freshness)",
            "lastModified": "\(String(describing: lastModified))",
            "date": "\(String(describing: date))",
            "comparedDate": "\(String(describing: comparedDate))",
            "selection": "\(selection)",
            "tags": "\(tags)",
            "path": path,
            "note": "\(Array(note.readableBytesView))",
            "variesByCoding": "\(variesByCoding)",
            "forms": "\(representations.map(\.form))",
        ]
        for (index, representation) in representations.enumerated() {
            parts["head \(index)"] = "\(Array(representation.head.readableBytesView))"
            parts["notModifiedHead \(index)"] = "\(Array(representation.notModifiedHead.readableBytesView))"
            parts["body \(index)"] = "\(Array(representation.body.readableBytesView))"
            parts["etag \(index)"] = "\(String(describing: representation.etag.map { Array($0.readableBytesView) }))"
        }
        return parts
    }
}
