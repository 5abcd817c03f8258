import NIOCore
import WeirCache
import WeirHTTP

/// An AI answer that is not streamed, held until it is whole: only then it is known what it cost, which its head tells.
final class HeldAnswer {
    let head: ResponseHead
    /// Weir itself asked for the coding that it comes in.
    let mayDecode: Bool
    private(set) var pieces: [ByteBuffer] = []
    private var length = 0
    private let limit: Int
    /// nil where somebody else counts the same bytes.
    private let account: BufferAccount?

    /// - Parameter limit: bytes of the longest one that is held.
    init(_ head: ResponseHead, mayDecode: Bool, limit: Int, account: BufferAccount?) {
        self.head = head
        self.mayDecode = mayDecode
        self.limit = limit
        self.account = account
    }

    /// - Returns: whether there is room for it; it is taken in any case.
    func append(_ piece: ByteBuffer) -> Bool {
        pieces.append(piece)
        length += piece.readableBytes
        let hasMemory = account?.set(length) ?? true
        return hasMemory && length <= limit
    }
}
