package import NIOCore

/// The answer to a request for one item.
package struct ItemPart: Sendable {
    package let body: ByteBuffer
    package let place: ItemPlace

    init(body: ByteBuffer, place: ItemPlace) {
        self.body = body
        self.place = place
    }

    /// - Parameter place: as it is noted; looked for where nil.
    /// - Returns: nil where the body is none.
    package init?(_ body: ByteBuffer, noted place: ItemPlace?, endpoint: APIEndpoint) {
        guard let place = place ?? ItemPlace.find(in: body, endpoint: endpoint), place.fits(body.readableBytes) else {
            return nil
        }
        self.init(body: body.slice(), place: place)
    }

    /// The answer to a request for several: each in its place, its `index` so, and the usage of all.
    /// - Parameters:
    ///   - order: for every item of the request, which of `parts` it is; a part may be several.
    package static func stitch(_ parts: [ItemPart], order: [Int]) -> ByteBuffer {
        guard let first = order.first.map({ parts[$0] }) else { return ByteBuffer() }
        let length = order.reduce(first.body.readableBytes) { $0 + parts[$1].place.item.count + 8 }
        var output = ByteBufferAllocator().buffer(capacity: length)
        let usage = first.place.usage.map { ($0, sum(parts, order)) }
        first.write(0..<first.place.item.lowerBound, usage, into: &output)
        for (position, part) in order.enumerated() {
            if position > 0 { output.writeInteger(UInt8(ascii: ",")) }
            parts[part].writeItem(at: position, into: &output)
        }
        first.write(first.place.item.upperBound..<first.body.readableBytes, usage, into: &output)
        return output
    }

    private static func sum(_ parts: [ItemPart], _ order: [Int]) -> ItemUsage? {
        let usages = parts.map(\.usage)
        var sum: ItemUsage?
        for part in order {
            guard let usage = usages[part] else { continue }
            if sum == nil { sum = usage } else { sum?.add(usage) }
        }
        return sum
    }

    private var usage: ItemUsage? {
        guard let usage = place.usage, let document = try? JSONDocument(slice(usage)),
            document.kind(JSONDocument.root) == .object
        else { return nil }
        return ItemUsage(document, JSONDocument.root)
    }

    private func writeItem(at position: Int, into output: inout ByteBuffer) {
        guard let index = place.index else {
            output.writeImmutableBuffer(slice(place.item))
            return
        }
        output.writeImmutableBuffer(slice(place.item.lowerBound..<index.lowerBound))
        output.writeString(String(position))
        output.writeImmutableBuffer(slice(index.upperBound..<place.item.upperBound))
    }

    /// A part of the body, with another usage where it holds that.
    private func write(_ range: Range<Int>, _ usage: (Range<Int>, ItemUsage?)?, into output: inout ByteBuffer) {
        guard let (place, sum) = usage, let sum, range.contains(place.lowerBound) else {
            output.writeImmutableBuffer(slice(range))
            return
        }
        output.writeImmutableBuffer(slice(range.lowerBound..<place.lowerBound))
        sum.write(into: &output)
        output.writeImmutableBuffer(slice(place.upperBound..<range.upperBound))
    }

    private func slice(_ range: Range<Int>) -> ByteBuffer {
        body.getSlice(at: body.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }
}
