import NIOCore
import WeirCache
import WeirHTTP

extension Exchange {
    /// Parts of a stored response, where parts are asked for: of the form that is ready. Nothing is coded or decoded to be
    /// cut up.
    /// - Returns: nil where the whole is the answer, or a 304.
    func answerRange(_ stored: StoredResponse, preferring form: Representation.Form) -> Step? {
        guard plan == .http, let representation = readyForm(stored, preferring: form),
            !isUnmodified(representation, of: stored)
        else { return nil }
        let length = representation.bodyLength
        let subject = RangeSelection.Subject(
            status: stored.status,
            length: length,
            etag: representation.etag?.readableBytesView,
            // All codings have one date: it does not tell of which the client has a part.
            lastModified: stored.variesByCoding ? nil : stored.lastModified,
            date: stored.date
        )
        let limit = generation.settings.cache.maxRanges
        switch RangeSelection.decide(method: head.method, request: head.fields, subject: subject, limit: limit) {
        case .whole:
            return nil
        case .unsatisfiable:
            return .refuse(.rangeNotSatisfiable(length: length))
        case .parts(let parts):
            send(PartialContent(parts, of: representation, stored: stored), of: stored)
            return .wait
        }
    }

    private func send(_ part: PartialContent, of stored: StoredResponse) {
        let capacity = part.head.readableBytes
        begin(stored, status: 206, framing: .length(UInt64(part.length)), capacity: capacity) {
            $0.writeImmutableBuffer(part.head)
        }
        source = .stored(part.body)
        pumpStored()
    }
}
