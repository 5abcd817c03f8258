import NIOCore
import WeirHTTP

@testable import WeirCache

extension FlightEvent {
    /// `head 200`, `head 200 +cookie`, `chunk abc`, `end`, `answer revalidated`, `released` or `failed tooSlow`.
    var summary: String {
        switch self {
        case .head(let head, _): "head \(head.status)" + (head.fields.contains(.setCookie) ? " +cookie" : "")
        case .chunk(let chunk): "chunk " + String(buffer: chunk)
        case .end: "end"
        case .answer(_, .storedMeanwhile): "answer stored meanwhile"
        case .answer(_, .secondTier): "answer second tier"
        case .answer(_, .revalidated): "answer revalidated"
        case .answer(_, .fetched(_, let isStored, let refusal)): "answer fetched \(isStored) \(refusal ?? "-")"
        case .answer(_, .staleOnError(let status)): "answer stale \(status.map(String.init) ?? "-")"
        case .released: "released"
        case .failed(let error): "failed \(error)"
        }
    }

    var isLast: Bool {
        switch self {
        case .head, .chunk: false
        case .end, .answer, .released, .failed: true
        }
    }
}
