import NIOCore
import WeirHTTP
import WeirLedger
import WeirOpenAI
import WeirUpstream

/// The account of one upstream call to the AI API, its retries and its fallback included: opened with what it may use,
/// closed once with what it has used.
///
///     opened ──▶ called ──▶ answered ──▶ closed      counted; settled with the route's allowances
///        └──────────┴───────────┴──────▶ closed      by how far it got: see ``CallEnd``
///
/// An ``Exchange`` opens it before the call is begun, and has it closed itself or by the ``Fetch`` that it makes. On one event
/// loop.
final class CallAccount {
    enum Opening {
        case opened(CallAccount)
        case refused(AllowanceRefusal)
    }

    private enum State { case opened, called, answered(status: UInt16), closed }

    private let claim: CallClaim
    private let route: Route
    private let prices: PriceTable
    private let worker: Worker
    private var state = State.opened
    private var grant: AllowanceGrant?
    private var model: String?
    private lazy var estimate = claim.estimate

    private init(_ claim: CallClaim, route: Route, prices: PriceTable, worker: Worker) {
        self.claim = claim
        self.route = route
        self.prices = prices
        self.worker = worker
        model = claim.model
    }

    /// Takes what the call may use from the route's allowances, where it has any.
    static func open(_ claim: CallClaim, route: Route, prices: PriceTable, worker: Worker) -> Opening {
        let account = CallAccount(claim, route: route, prices: prices, worker: worker)
        guard let allowances = route.allowances else { return .opened(account) }
        let allowance = claim.allowance(account.estimate, prices: prices)
        switch allowances.admit(allowance, at: worker.shared.clocks.moment) {
        case .granted(let grant):
            account.grant = grant
            return .opened(account)
        case .refused(let refusal):
            account.state = .closed
            return .refused(refusal)
        }
    }

    /// Whoever had it has let go of it: what it has reserved must not be kept from others.
    deinit { giveBack() }

    /// The upstream is asked, perhaps once more.
    func call() { state = .called }

    /// The answer's head has come.
    /// - Parameter isFallback: from the route's fallback, where the model may have another name.
    func answer(status: UInt16, isFallback: Bool) {
        state = .answered(status: status)
        if isFallback, let name = claim.model { model = route.settings.fallback?.models[name] ?? name }
    }

    /// Counts what was used and settles; the second time it does nothing.
    /// - Parameters:
    ///   - reading: of the answer, as far as it came.
    ///   - error: what it ended with, if that was before an answer.
    /// - Returns: nil where nothing was used.
    @discardableResult
    func close(
        _ reading: AnswerReading? = nil,
        isEventStream: Bool = false,
        error: UpstreamError? = nil
    ) -> CallBill? {
        let end: CallEnd
        switch state {
        case .closed: return nil
        case .opened: end = .unmade
        case .called: end = error.map { CallEnd($0) } ?? .lost
        case .answered(let status):
            let isSuccess = (200..<300).contains(status)
            end = isSuccess ? .answered(reading, isEventStream: isEventStream) : .refused
        }
        state = .closed
        guard end != .unmade else {
            giveBack()
            return nil
        }
        let used = end.usage(estimate)
        let name = model ?? reading?.model ?? Self.unknownModel
        let cost = used.flatMap { prices.cost(of: $0.usage, model: name) }
        settle(tokens: used?.usage.total ?? 0, cost: cost, hasUsed: used != nil)
        guard let used else { return nil }
        count(used.usage, model: name, cost: cost, isEstimated: used.isEstimated)
        return CallBill(model: name, usage: used.usage, cost: cost)
    }

    /// Under which answers are counted whose model nobody names.
    static let unknownModel = "unknown"

    private func settle(tokens: Int, cost: Money?, hasUsed: Bool) {
        guard let grant else { return }
        self.grant = nil
        // The answer's model may turn out to have no price where the request's has one: what was reserved stays spent.
        let reserved = hasUsed ? claim.allowance(estimate, prices: prices).cost : nil
        let spent = cost ?? reserved ?? .zero
        route.allowances?.settle(grant, tokens: tokens, cost: spent, at: worker.shared.clocks.moment)
    }

    private func giveBack() {
        guard let grant else { return }
        self.grant = nil
        route.allowances?.giveBack(grant, at: worker.shared.clocks.moment)
    }

    private func count(_ usage: Usage, model: String, cost: Money?, isEstimated: Bool) {
        worker.metrics.spending.spend(
            Spending.Entry(
                route: route.name,
                model: model,
                user: claim.payer == .client ? claim.user : nil,
                persona: claim.persona,
                usage: usage,
                cost: cost,
                isEstimated: isEstimated
            )
        )
    }
}

extension Clocks {
    /// Now, by both.
    var moment: Moment {
        Moment(uptime: .nanoseconds(Int64(clamping: monotonic().uptimeNanoseconds)), unixSeconds: wall().seconds)
    }
}
