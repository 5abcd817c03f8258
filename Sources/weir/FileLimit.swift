#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

import Logging
import WeirProxy
import WeirUpstream

/// How many files the process may have open; every connection is one.
enum FileLimit {
    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif

    /// Says so where the system will run out of files before the settings' limits are reached.
    static func check(_ settings: ProxySettings, logger: Logger) {
        let needed = settings.limits.connections + settings.upstreams.reduce(64) { $0 + $1.pool.max * $1.urls.count }
        guard let limit = raise(), limit < needed else { return }
        logger.warning(
            "the system allows \(limit) open files, fewer than limits.connections and the upstreams' pool.max take",
            metadata: ["needed": "\(needed)"]
        )
    }

    /// Raises the limit to what the system allows without asking anybody: the usual 1,024 is for programs that wait with
    /// `select`.
    /// - Returns: the limit then; nil where it cannot be told.
    private static func raise() -> Int? {
        var limit = rlimit()
        // Both calls fill in or read this one value, which outlives them.
        guard unsafe getrlimit(resource, &limit) == 0 else { return nil }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if unsafe setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
