import NIOCore
import WeirCache
import WeirHTTP
import WeirUpstream

/// What becomes of an answer, or of a 304, in the store.
extension Fetch {
    func revalidated(_ stored: StoredResponse, by head: ResponseHead) {
        guard case .http(let policy) = policy.mode, Validators.selects(stored.fields, notModified: head.fields),
            !isPurged
        else { return fetchAnew() }
        let merged = StoredResponseBuilder.merged(stored, with: head)
        let builder = storedResponseBuilder
        end(cancelling: false)
        guard case (.store(let freshness), let selection?) = judge(merged, by: policy) else {
            // What the upstream says now forbids keeping it: it is for who asked alone.
            worker.shared.purge(.key(key))
            rememberUnshared()
            let last = builder.refreshed(
                stored,
                by: merged,
                received: head.fields,
                freshness: Freshness(lifetime: 0),
                selection: .none,
                since: requestedAt
            )
            return flight.answer(last, .revalidated, isShared: false)
        }
        let refreshed = builder.refreshed(
            stored,
            by: merged,
            received: head.fields,
            freshness: freshness,
            selection: selection,
            since: requestedAt
        )
        _ = worker.shared.store.replace(stored, with: refreshed)
        flight.answer(refreshed, .revalidated)
    }

    /// What is being fetched has been purged since the upstream was asked.
    private var isPurged: Bool {
        worker.shared.store.hasPurged(
            PurgeSubject(key: key, path: path, tags: stored?.tags ?? policy.tags, mayGainTags: false),
            since: mark
        )
    }

    /// The 304 confirms something else than what is stored (RFC 9111 §4.3.4), or what somebody wanted to be rid of
    /// meanwhile: asked for again without conditions.
    private func fetchAnew() {
        call?.cancel()
        worker.shared.purge(.key(key))
        mark = worker.shared.store.mark()
        describe(tags: knownTags)
        request.fields.removeAll(in: Conditional.names)
        stored = nil
        hasBegun = false
        callUpstream()
    }

    func store(_ recording: Recording) {
        guard recording.answer.isStorable else { return }
        let builder = storedResponseBuilder
        let response = builder.build(key: key, recording, tags: tags(recording.head), path: path, since: requestedAt)
        guard case .stored = worker.shared.store.insert(response, since: mark, now: worker.recently) else { return }
        let compression = generation.settings.compression
        guard let coding = compression.preferred(clientFields) else { return }
        BackgroundCompression.begin(response, coding, settings: compression, shared: worker.shared)
    }

    private var storedResponseBuilder: StoredResponseBuilder {
        StoredResponseBuilder(
            worker: worker,
            features: route.settings.features,
            compression: generation.settings.compression
        )
    }

    func tags(_ head: ResponseHead) -> [String] {
        var tags = policy.tags
        if case .http = policy.mode { tags += SurrogateTags.read(head.fields) }
        tags += policy.askedTags
        tags = Array(tags.prefix(generation.settings.cache.maxTags))
        if let urlTag = policy.urlTag { tags.append(urlTag) }
        return tags
    }
}
