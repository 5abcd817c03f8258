import NIOCore
import WeirCache
import WeirHTTP
import WeirTier
import WeirUpstream

extension Exchange {
    /// A 200 to a HEAD that went to the upstream updates what is stored for a GET, or shows that it is stale
    /// (RFC 9111 §4.3.5).
    func updateStored(by head: ResponseHead) {
        guard plan == .http, self.head.method == .head, head.status == 200, let route, let key,
            case .call(let call) = source, !call.isFallback,
            case .hit(let stored) = shared.store.lookup(key, request: self.head.fields, now: worker.recently),
            // What came after this was asked is newer.
            stored.receivedAt <= startedAt
        else { return }
        let answer = AnswerPolicy.make(route: route, head: self.head, aiRequest: nil, endpoint: endpoint)
        guard case .http(let policy) = answer.mode else { return }
        let merged = StoredResponseBuilder.merged(stored, with: head)
        let (decision, selection) = answer.judge(
            merged,
            method: .get,
            request: self.head.fields,
            by: policy,
            receivedAt: shared.clocks.wall()
        )
        // What one client asked for or came with says nothing of what others have stored.
        if case .refuse(let reason) = decision, !Supersession.ends(status: 200, refusedFor: reason) { return }
        let now = worker.now()
        let length = stored.received.bodyLength
        guard stored.status == 200, Validators.selects(stored.fields, length: length, head: head) else {
            _ = shared.store.replace(stored, with: stored.stale(at: now), now: now)
            shared.tier?.purge(.key(key), softly: false)
            return
        }
        guard case .store(let freshness) = decision, let selection else {
            shared.tier?.purge(.key(key), softly: false)
            return shared.store.remove(key: key, matching: self.head.fields)
        }
        let builder = StoredResponseBuilder(
            worker: worker,
            features: route.settings.features,
            compression: generation.settings.compression
        )
        let refreshed = builder.refreshed(
            stored,
            by: merged,
            received: head.fields,
            freshness: freshness,
            selection: selection,
            since: startedAt
        )
        guard shared.store.replace(stored, with: refreshed, now: now), let place else { return }
        shared.tier?.write(
            refreshed,
            answering: self.head.fields,
            place: place,
            fill: nil,
            replaces: true,
            on: worker.eventLoop
        )
    }
}
