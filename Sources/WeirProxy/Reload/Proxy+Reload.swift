import Synchronization
import WeirCache
import WeirUpstream

extension Proxy {
    /// Runs by other settings from here on, without dropping a request: files of TLS are read and added addresses bound
    /// first, then every worker takes the new generation, then addresses that are gone are closed and their connections
    /// drained. Requests under way end by the settings they began with, and open connections go on with the TLS that they
    /// have. Store, flights, counters, the counts of connections, and upstreams whose settings have not changed stay what
    /// they are.
    ///
    /// To be called by one task at a time, between ``start()`` and ``stop()``.
    /// - Parameters:
    ///   - wanted: what cannot change while Weir runs keeps its value, and is named in ``ConfigurationStatus``.
    ///   - waitingForRestart: keys outside of these settings that keep their values too.
    /// - Throws: ``ListenError`` when an added address cannot be had, or a file of TLS cannot be used; everything stays as
    ///   it was then.
    package func reload(_ wanted: ProxySettings, waitingForRestart: [String] = []) async throws {
        let running = generation
        var settings = wanted
        var waiting = waitingForRestart
        if settings.workers != running.settings.workers {
            waiting.append("workers")
            settings.workers = running.settings.workers
        }
        if settings.tier != running.settings.tier {
            waiting.append("cache.redis")
            settings.tier = running.settings.tier
        }
        do {
            try await listeners.open(settings.listen, group: group, workers: workers)
        } catch {
            refuseReload([error.description])
            throw error
        }
        let (next, emptied) = succeed(running, by: settings)
        shared.store.change(to: settings.cache, now: shared.clocks.monotonic())
        shared.buffers.capacity = settings.limits.memory
        let slotCount = slotCount
        await onEachWorker { $0.adopt(next, slots: slotCount, emptied: emptied) }
        await listeners.close(except: settings.listen.map(\.address))
        await onEachWorker { $0.drainClosedListeners() }
        state.withLock { state in
            state.status.generation = next.number
            state.status.loadedAt = shared.clocks.wall()
            state.status.reloads += 1
            state.status.problems = []
            state.status.waitingForRestart = waiting.sorted()
        }
    }

    /// A configuration that cannot be used: the running one stays.
    /// - Parameter problems: at least one.
    package func refuseReload(_ problems: [String]) {
        state.withLock { state in
            state.status.refusedReloads += 1
            state.status.problems = problems
        }
    }

    private func succeed(_ running: Generation, by settings: ProxySettings) -> (Generation, emptied: [Int]) {
        let upstreams = makeUpstreams(settings.upstreams, succeeding: running.upstreams)
        return state.withLock { state in
            state.former.append(FormerGeneration(running))
            state.former.removeAll { $0.generation == nil }
            let inUse = Set(state.former.flatMap { $0.generation?.router.routes.map(\.slot) ?? [] })
            let (slots, emptied) = state.slots.assign(settings.routes.map(\.name)) { inUse.contains($0) }
            let next = Generation(
                number: running.number + 1,
                settings: settings,
                upstreams: upstreams,
                slots: slots,
                allowances: state.allowances.assign(settings.routes)
            )
            state.generation = next
            return (next, emptied)
        }
    }
}
