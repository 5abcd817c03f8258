/// How much may be spent in a day under each of many names, and who has spent how much of it.
///
///     reserve ──▶ granted ──▶ settle: what it cost      ──▶ spent
///        │                └─▶ give back: nothing        ──▶ as before
///        └─▶ refused: spent + reserved + estimate would exceed the limit
///
/// What is under way counts by its estimate, so that a hundred calls at once cannot each take the last cent. Spending can
/// still exceed the limit, by as much as answers cost more than was estimated; then nothing more is granted.
///
/// A day is one of UTC. All accounts are new on the next: what was reserved on one day is settled on it, and gone with it. A
/// clock that is set back across one midnight does not bring back the day before; nobody gets two budgets for one day by that.
///
/// **Nobody is forgotten within a day.** Up to ``limitOfNames`` names have accounts; one that has neither spent nor reserved
/// anything has none. Once they are taken, those who come share a single account, and for the rest of that day so do all
/// who come after them, even where a place is free again: whoever shares it has perhaps spent something already. Those
/// without a name share another. It is driven by ``Allowances`` and does no I/O.
package struct DayBudget: Sendable {
    enum Holder: Hashable, Sendable {
        case name(String)
        /// Those without a name.
        case nobody
        /// Those who came when there was no place for another name.
        case others
    }

    struct Account: Sendable, Equatable {
        var spent = Money.zero
        var reserved = Money.zero

        var isEmpty: Bool { spent == .zero && reserved == .zero }
    }

    /// A part of somebody's budget, to be settled or given back once.
    package struct Reservation: Sendable {
        let holder: Holder
        let day: UTCDay
        package let amount: Money
    }

    package struct Refusal: Sendable, Equatable {
        package var limit: Money
        /// Of that, neither spent nor reserved.
        package var left: Money
        /// Until the day ends.
        package var resetsIn: Duration

        package init(limit: Money, left: Money, resetsIn: Duration) {
            self.limit = limit
            self.left = left
            self.resetsIn = resetsIn
        }
    }

    package enum Verdict: Sendable {
        case granted(Reservation)
        case refused(Refusal)
    }

    /// What each name may spend in a day.
    package var limit: Money
    package var limitOfNames: Int
    private var day: UTCDay?
    private(set) var accounts: [Holder: Account] = [:]

    package init(limit: Money, limitOfNames: Int) {
        self.limit = limit
        self.limitOfNames = limitOfNames
    }

    /// Names that have accounts today.
    package var names: Int {
        accounts.count - (accounts[.nobody] == nil ? 0 : 1) - (accounts[.others] == nil ? 0 : 1)
    }

    /// Asks for a part of somebody's budget.
    /// - Parameters:
    ///   - name: nil for somebody without one.
    ///   - unixSeconds: the wall clock, since 1970.
    package mutating func reserve(_ amount: Money, for name: String?, unixSeconds: Int64) -> Verdict {
        let day = turn(to: unixSeconds)
        let holder = holder(of: name)
        let account = accounts[holder] ?? Account()
        let taken = account.spent + account.reserved
        // A sum that has come to its end tells nothing.
        guard taken + amount <= limit, taken + amount < .most else {
            return .refused(
                Refusal(limit: limit, left: limit - taken, resetsIn: day.timeLeft(unixSeconds: unixSeconds))
            )
        }
        accounts[holder, default: Account()].reserved += amount
        return .granted(Reservation(holder: holder, day: day, amount: amount))
    }

    /// What was reserved has cost this.
    package mutating func settle(_ reservation: Reservation, cost: Money) {
        guard reservation.day == day else { return }
        var account = accounts[reservation.holder] ?? Account()
        account.reserved -= reservation.amount
        account.spent += cost
        accounts[reservation.holder] = account.isEmpty ? nil : account
    }

    /// What was reserved has cost nothing.
    package mutating func giveBack(_ reservation: Reservation) { settle(reservation, cost: .zero) }

    private mutating func turn(to unixSeconds: Int64) -> UTCDay {
        let today = UTCDay(unixSeconds: unixSeconds)
        if let day, today == day || today.isDayBefore(day) { return day }
        day = today
        accounts.removeAll()
        return today
    }

    private func holder(of name: String?) -> Holder {
        guard let name else { return .nobody }
        if accounts[.name(name)] != nil { return .name(name) }
        return names < limitOfNames && accounts[.others] == nil ? .name(name) : .others
    }
}
