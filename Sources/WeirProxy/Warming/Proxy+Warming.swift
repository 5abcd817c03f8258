import NIOCore
import Synchronization
import WeirHTTP

/// Warming: requests of a list, sent through the steps that a client's go through, on the workers' own event loops. So they
/// have the keys, flights, breakers, budgets and limits that a client's have, and go by no way of their own.
extension Proxy {
    /// How often the totals are told.
    private static let telling = Duration.milliseconds(250)

    /// Goes through the list, a few requests at a time. Where the task is cancelled nothing more is sent, and what is
    /// under way is left.
    /// - Parameter tell: is told the totals four times a second.
    /// - Returns: the totals of all lines.
    package func warm(
        _ list: WarmList,
        _ terms: WarmTerms,
        tell: @escaping @Sendable (WarmTotals) -> Void
    ) async -> WarmTotals {
        let board = WarmBoard()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.telling)) != nil { tell(board.totals) }
            }
            await go(through: list, terms, board)
            group.cancelAll()
        }
        return board.totals
    }

    private func go(through list: WarmList, _ terms: WarmTerms, _ board: WarmBoard) async {
        let settings = settings
        let reader = WarmLine(
            terms: terms,
            limits: settings.limits.head,
            host: usualHost,
            scheme: settings.listen.first?.scheme ?? "http"
        )
        await withTaskGroup(of: Void.self) { group in
            var underWay = 0
            for (number, line) in list where !Task.isCancelled {
                let request: WarmRequest
                do throws(WarmLineError) {
                    request = try reader.read(line)
                } catch {
                    board.fail(line: number, error.message)
                    // Others have something to do, too.
                    await Task.yield()
                    continue
                }
                if underWay == terms.concurrency { await group.next() } else { underWay += 1 }
                let worker = workers[number % workers.count]
                _ = group.addTaskUnlessCancelled { board.count(await self.send(request, on: worker), line: number) }
            }
        }
    }

    /// Where clients find Weir, as far as it can tell: the first listener, on this machine.
    private var usualHost: String {
        guard var address = addresses.first ?? settings.listen.first?.address else { return "localhost" }
        if ["0.0.0.0", "::"].contains(address.host) { address.host = "127.0.0.1" }
        return address.description
    }

    private func send(_ request: WarmRequest, on worker: NIOLoopBoundBox<Worker>) async -> WarmOutcome {
        let loop = worker.eventLoop
        let promise = loop.makePromise(of: WarmOutcome.self)
        let stream = NIOLoopBoundBox<WarmStream?>.makeEmptyBox(valueType: WarmStream.self, eventLoop: loop)
        loop.execute {
            // Asked on the loop: whatever begins before the worker ends what it has is ended with it.
            guard !self.isDraining else { return promise.succeed(WarmOutcome(kind: .failed("503 draining"))) }
            let begun = WarmStream(request, worker: worker.value) { outcome in
                // Let go of where it lives.
                stream.value = nil
                promise.succeed(outcome)
            }
            stream.value = begun
            begun.begin()
        }
        return await withTaskCancellationHandler {
            // It never fails.
            (try? await promise.futureResult.get()) ?? WarmOutcome(kind: .failed("ended"))
        } onCancel: {
            loop.execute { stream.value?.leave() }
        }
    }
}

/// The totals of a list that is being gone through.
private final class WarmBoard: Sendable {
    private let state = Mutex(WarmTotals())

    var totals: WarmTotals { state.withLock { $0 } }

    func count(_ outcome: WarmOutcome, line: Int) { state.withLock { $0.count(outcome, line: line) } }
    func fail(line: Int, _ reason: String) { state.withLock { $0.fail(line: line, reason) } }
}
