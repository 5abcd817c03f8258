import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTier
import WeirUpstream

/// What becomes of an answer, or of a 304, in the store.
extension Fetch {
    /// RFC 9111 §4.3.4: whatever the 304 speaks of is fresh again, and the first of it answers.
    func revalidated(by head: ResponseHead) {
        guard case .http(let policy) = policy.mode else { return fetchAnew() }
        guard !isPurged else { return askAgain() }
        let confirmed = Validators.selected(of: candidates.map(\.fields), by: head.fields).map { candidates[$0] }
        guard let first = confirmed.first else { return fetchAnew() }
        defer { end(cancelling: false) }
        guard let answer = refreshed(first, by: head, policy) else {
            // What the upstream says now forbids keeping it: it is for who asked alone.
            worker.shared.purge(.key(key))
            rememberUnshared()
            let last = storedResponseBuilder.refreshed(
                first,
                by: StoredResponseBuilder.merged(first, with: head),
                received: head.fields,
                freshness: Freshness(lifetime: 0),
                selection: .none,
                since: requestedAt
            )
            return flight.answer(last, .revalidated, isShared: false)
        }
        if worker.shared.store.replace(first, with: answer) { share(answer, isConfirmed: true) }
        for other in confirmed.dropFirst() {
            guard let refreshed = refreshed(other, by: head, policy),
                worker.shared.store.replace(other, with: refreshed)
            else { continue }
            share(refreshed, isConfirmed: true)
        }
        // What else the request could have had is not what it gets any more.
        for other in candidates where !confirmed.contains(where: { $0 === other }) { worker.shared.store.remove(other) }
        flight.answer(answer, .revalidated)
    }

    /// - Returns: nil where it may not be stored any more.
    private func refreshed(
        _ stored: StoredResponse,
        by head: ResponseHead,
        _ policy: StorePolicy
    ) -> StoredResponse? {
        let merged = StoredResponseBuilder.merged(stored, with: head)
        guard case (.store(let freshness), let selection?) = judge(merged, by: policy) else { return nil }
        return storedResponseBuilder.refreshed(
            stored,
            by: merged,
            received: head.fields,
            freshness: freshness,
            selection: selection,
            since: requestedAt
        )
    }

    /// What is being fetched has been purged since the upstream was asked.
    private var isPurged: Bool {
        worker.shared.store.hasPurged(
            PurgeSubject(key: key, path: path, tags: candidates.flatMap(\.tags), mayGainTags: false),
            since: mark
        )
    }

    /// The 304 confirms something else than what is stored (RFC 9111 §4.3.4): asked for again without conditions.
    private func fetchAnew() {
        worker.shared.purge(.key(key))
        askAgain()
    }

    /// What the 304 confirms is of before a purge. Where that was soft, what is stored may be confirmed once more; else
    /// there is nothing left to ask about.
    private func askAgain() {
        call?.cancel()
        mark = worker.shared.store.mark()
        describe(tags: knownTags)
        candidates = worker.shared.store.candidates(key, request: clientFields)
        askAboutCandidates()
        hasBegun = false
        callUpstream()
    }

    /// Makes the request conditional on what is stored, whatever it was conditional on before.
    func askAboutCandidates() {
        request.fields.removeAll(in: Conditional.names)
        for (name, value) in Validators.conditionalFields(for: candidates.map(\.fields)) {
            request.fields.append(name, bytes: value)
        }
    }

    func store(_ recording: Recording) {
        let body = recording.body()
        var storedNote: AnswerNote?
        if let answer = recording.answer {
            let reading = answer.read(body)
            note = account?.close(reading, isEventStream: answer.isEventStream)?.note(reading)
            guard reading.verdict == .storable else { return }
            storedNote = note
            storedNote?.track = reading.track
        }
        let response = storedResponseBuilder.build(
            key: key,
            recording,
            body: body,
            note: storedNote,
            tags: tags(recording.head),
            path: path,
            since: requestedAt
        )
        switch insert(response) {
        case .stored: share(response)
        case .purged, .outrun: return
        case .tooLarge, .tooManyTags, .full: return endFormer()
        }
        let compression = generation.settings.compression
        guard let coding = compression.preferred(clientFields) else { return }
        BackgroundCompression.begin(response, coding, settings: compression, shared: worker.shared)
    }

    func insert(_ response: StoredResponse) -> InsertOutcome {
        worker.shared.store.insert(
            response,
            answering: clientFields,
            askedAt: requestedAt,
            since: mark,
            now: worker.recently
        )
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
