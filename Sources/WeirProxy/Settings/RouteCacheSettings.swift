package import NIOCore
package import WeirOpenAI

/// A route's `cache:`.
package struct RouteCacheSettings: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Pass through.
        case none
        /// A shared cache after RFC 9111.
        case http
        /// A policy cache for AI answers, keyed by the reader's persona.
        case persona
    }

    /// Who shares an answer in `mode: persona`.
    package enum Scope: String, Sendable, CaseIterable { case credential, user, shared }

    /// What a route may not let its clients ask for.
    package enum IgnoredDirective: String, Sendable, CaseIterable {
        /// `no-cache`, `max-age=0` and `Pragma: no-cache`: what browsers send to reload.
        case noCache = "no-cache"
    }

    /// What becomes of an AI call that everybody has left.
    package enum Finish: String, Sendable, CaseIterable {
        /// It is paid for: finished and stored.
        case paid
        case cancel
    }

    /// How a stream from the store is given out.
    package enum Replay: Sendable, Equatable {
        case instant
        /// With the gaps that there were when it was recorded.
        case recorded
        /// Evenly.
        case tokensPerSecond(Int)
    }

    package var mode: Mode
    /// Persona mode: lifetime of an answer that no persona dimension went into. In `mode: http` the lifetime of
    /// responses that give none themselves; nil there means that such are not stored.
    package var ttl: TimeAmount?
    /// Persona mode: lifetime with every dimension set.
    package var personalisedTTL: TimeAmount?
    /// Persona mode: the most that `X-Weir-TTL` can ask for; `ttl` when nil.
    package var maxTTL: TimeAmount?
    /// In persona mode its `headers` alone.
    package var key: KeySettings
    package var scope: Scope
    package var namespace: String
    /// Persona mode: what answers are about, by their names' order; in the key, and tags to purge by.
    package var context: [ContextSource]
    /// Templates over the path's captures: `course:{id}`.
    package var tags: [String]
    /// What the response's own directive does not say.
    package var staleWhileRevalidate: TimeAmount?
    package var staleIfError: TimeAmount?
    /// nil: what is fresh is left alone.
    package var refreshAhead: RefreshAheadSettings?
    /// `mode: http`: the share of its age since modification that a response lives which gives no lifetime; nil: none do.
    package var heuristic: Double?
    /// `mode: http`: lifetimes of failures that give none, by status.
    package var negative: [UInt16: TimeAmount]
    /// `mode: http`.
    package var ignoredDirectives: [IgnoredDirective]
    package var finish: Finish
    /// Persona mode.
    package var replay: Replay
    /// How long a shared call may go without an answer before one of those who wait for it makes another; 2 minutes in
    /// persona mode, else 10 seconds, where nil.
    package var leaderAge: TimeAmount?
    /// Persona mode: finish reasons whose answers may be stored.
    package var storedFinishReasons: [String]

    package init(
        mode: Mode = .none,
        ttl: TimeAmount? = nil,
        personalisedTTL: TimeAmount? = nil,
        maxTTL: TimeAmount? = nil,
        key: KeySettings = KeySettings(),
        scope: Scope = .credential,
        namespace: String = "",
        context: [ContextSource] = [],
        tags: [String] = [],
        staleWhileRevalidate: TimeAmount? = nil,
        staleIfError: TimeAmount? = nil,
        refreshAhead: RefreshAheadSettings? = nil,
        heuristic: Double? = nil,
        negative: [UInt16: TimeAmount] = [:],
        ignoredDirectives: [IgnoredDirective] = [],
        finish: Finish = .paid,
        replay: Replay = .instant,
        leaderAge: TimeAmount? = nil,
        storedFinishReasons: [String] = ["stop"]
    ) {
        self.mode = mode
        self.ttl = ttl
        self.personalisedTTL = personalisedTTL
        self.maxTTL = maxTTL
        self.key = key
        self.scope = scope
        self.namespace = namespace
        self.context = context
        self.tags = tags
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
        self.refreshAhead = refreshAhead
        self.heuristic = heuristic
        self.negative = negative
        self.ignoredDirectives = ignoredDirectives
        self.finish = finish
        self.replay = replay
        self.leaderAge = leaderAge
        self.storedFinishReasons = storedFinishReasons
    }
}
