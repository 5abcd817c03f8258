import NIOCore
import Synchronization
import WeirCache
import WeirOpenAI

/// Batches that are filling, of all event loops.
final class BatchTable: Sendable {
    private struct Filling {
        var batch = Batch<ItemOrder>()
        /// Tells those that wait from those of their group before.
        var number: UInt64 = 0
    }

    private struct State {
        var filling: [CacheKey: Filling] = [:]
        var begun: UInt64 = 0
    }

    private let state = Mutex(State())

    /// - Parameter group: of all orders that one request could be made of.
    func add(_ order: ItemOrder, to group: CacheKey, _ settings: BatchSettings) {
        let limits = Batch<ItemOrder>.Limits(items: settings.size, tokens: ItemRequest.maxTokens)
        let (full, begun) = state.withLock { state in
            var filling = state.filling[group] ?? Filling()
            let addition = filling.batch.add(order, items: order.lines.count, tokens: order.tokens, limits: limits)
            if addition.begins {
                state.begun += 1
                filling.number = state.begun
            }
            state.filling[group] = filling.batch.isEmpty ? nil : filling
            return (addition.full, addition.begins ? filling.number : nil)
        }
        for orders in full { ItemFetch.start(orders) }
        guard let begun else { return }
        order.caller.eventLoop.scheduleTask(in: settings.wait) { ItemFetch.start(self.take(begun, of: group)) }
    }

    /// What waits for one of these keys is asked for at once: somebody needs it who does not wait.
    func hasten(_ keys: Set<CacheKey>) {
        let hastened = state.withLock { state in
            let groups = state.filling.filter {
                $0.value.batch.orders.contains { $0.lines.contains { keys.contains($0.key) } }
            }
            for group in groups.keys { state.filling[group] = nil }
            return groups.values.map(\.batch.orders)
        }
        for orders in hastened { ItemFetch.start(orders) }
    }

    /// Those that have waited long enough; none where they have gone already.
    private func take(_ number: UInt64, of group: CacheKey) -> [ItemOrder] {
        state.withLock { state in
            guard state.filling[group]?.number == number else { return [] }
            var filling = state.filling.removeValue(forKey: group)
            return filling?.batch.take() ?? []
        }
    }
}
