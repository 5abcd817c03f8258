import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI

@testable import WeirProxy

@Suite struct MetricsTests {
    @Test("what workers have counted adds up")
    func sums() {
        var total = WorkerMetrics(routes: 2)
        for worker in 1...2 {
            var metrics = WorkerMetrics(routes: 2)
            metrics.connectionsAccepted = UInt64(worker)
            metrics.connectionsRefused = 10
            metrics.requestsRefused = 100
            metrics.routes[0].record(status: 200, outcome: .hit, microseconds: 1_000, bytes: 5)
            metrics.routes[0].record(status: 599, outcome: .miss, microseconds: 3_000, bytes: 7)
            metrics.routes[1].record(status: 101, outcome: .bypass, microseconds: .max / 4, bytes: 0)
            metrics.routes[1].recordAborted(outcome: .miss)
            let usage = Usage(prompt: 3, cachedPrompt: 1, completion: 2)
            let cost = Money(picodollars: 5)
            metrics.spending.spend(Spending.Entry(route: "r", model: "m\(worker)", usage: usage, cost: cost))
            metrics.spending.save(Spending.Entry(route: "r", model: "both", usage: Usage(prompt: 1), cost: nil))
            metrics.routes[0].recordRefusal(.unpriced)
            total.add(metrics)
        }
        #expect(total.connectionsAccepted == 3 && total.connectionsRefused == 20 && total.requestsRefused == 200)
        #expect(total.routes[0].requestsByClass == [0, 2, 0, 0, 2] && total.routes[0].requests == 4)
        #expect(total.routes[0].lookups(.hit) == 2 && total.routes[0].lookups(.miss) == 2)
        #expect(total.routes[0].responseBytes == 24 && total.routes[0].durationSum == 8_000)
        #expect(total.routes[1].requestsByClass == [2, 0, 0, 0, 0] && total.routes[1].aborted == 2)
        let models = total.spending.models.rows
        #expect(models["m1"]?.spent.tokens.prompt == 3 && models["m2"]?.spent.tokens.cachedPrompt == 1)
        #expect(models["both"]?.saved.unpriced.calls == 2 && models["both"]?.saved.tokens.prompt == 2)
        #expect(total.spending.total.spent.cost == Money(picodollars: 10))
        #expect(total.routes[0].refusals(.unpriced) == 2)
    }

    @Test("slots that are given to other routes add what they counted to the rest")
    func rearranging() {
        var metrics = WorkerMetrics(routes: 2)
        metrics.routes[0].record(status: 200, outcome: .hit, microseconds: 1, bytes: 5)
        metrics.routes[1].record(status: 200, outcome: .hit, microseconds: 1, bytes: 7)
        metrics.rearrange(slots: 3, emptied: [1])
        #expect(metrics.routes.map(\.requests) == [1, 0, 0])
        metrics.routes[1].record(status: 200, outcome: .hit, microseconds: 1, bytes: 9)
        metrics.routes[2].record(status: 200, outcome: .hit, microseconds: 1, bytes: 11)
        #expect(metrics.sum(except: [0, 2]).responseBytes == 7 + 9)
        // A worker that has not heard of the new slots yet.
        var total = WorkerMetrics(routes: 2)
        total.add(WorkerMetrics(routes: 1))
        total.add(metrics)
        #expect(total.routes.map(\.responseBytes) == [5, 9, 11])
        #expect(total.sum(except: [0, 1, 2]).responseBytes == 7)
    }

    @Test("each outcome has a place of its own")
    func places() {
        #expect(CacheOutcome.allCases.map(\.index) == Array(CacheOutcome.allCases.indices))
        #expect(RefusalReason.allCases.map(\.index) == Array(RefusalReason.allCases.indices))
        #expect(CacheOutcome.allCases.filter(\.isHit) == [.hit, .stale, .revalidated])
    }
}
