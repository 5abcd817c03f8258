/// A message's body as it came.
package struct WireBody: Sendable, Equatable {
    /// How its end was told.
    package enum Framing: Sendable, Equatable { case none, length, chunked, close }

    package var framing: Framing
    /// Without chunked framing.
    package var bytes: [UInt8]
    /// The sizes of its chunks, the last one of size 0 not among them.
    package var chunkSizes: [Int]
    package var trailers: [WireHead.Field]

    package init(
        framing: Framing,
        bytes: [UInt8] = [],
        chunkSizes: [Int] = [],
        trailers: [WireHead.Field] = []
    ) {
        self.framing = framing
        self.bytes = bytes
        self.chunkSizes = chunkSizes
        self.trailers = trailers
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
