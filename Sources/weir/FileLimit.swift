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

    /// The settings as they can be kept. Says so where the system has too few files for all that they allow.
    static func fit(_ settings: ProxySettings, logger: Logger) -> ProxySettings {
        guard let files = raise() else { return settings }
        let upstream = settings.upstreams.reduce(0) { $0 + $1.pool.max * $1.urls.count }
        var fitting = settings
        fitting.limits = settings.limits.fitting(files: files, upstream: upstream)
        if fitting.limits.connections < settings.limits.connections {
            logger.warning(
                """
                limits.connections is \(fitting.limits.connections), not \(settings.limits.connections): the system allows \
                \(files) open files, of which the upstreams' pool.max may take \(upstream)
                """
            )
        }
        return fitting
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
