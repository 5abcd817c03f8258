import WeirCache
import WeirLedger

/// The keys that are hit most, as one event loop sees them, in room for a fixed number of them.
///
/// This is the Space-Saving algorithm (Metwally, Agrawal, El Abbadi 2005): a key that there is no room for takes the place
/// of the one with the fewest hits, and its count goes on from there. So a key with more hits than all of them divided by
/// the places is among them for sure, and each count is too high by ``PopularKey/uncertain`` at most.
///
///     counted  ──▶ a key that has a place: one look into a dictionary
///              └─▶ another: the place at the hand, going round, whose count is the lowest that any can have
struct PopularKeys {
    let settings: PopularSettings
    /// Bytes of requests that may be kept here.
    private let memory: Int
    private(set) var bytes = 0
    private(set) var keys: [PopularKey] = []
    private var places: [CacheKey: Int] = [:]
    /// No count is lower, once all places are taken.
    private var floor: UInt64 = 1
    private var hand = 0

    /// - Parameter share: event loops that share the memory for requests.
    init(_ settings: PopularSettings, share: Int) {
        self.settings = settings
        memory = settings.memory / share
    }

    var isCounting: Bool { settings.keys > 0 }

    /// Counts a hit.
    /// - Parameter describe: asked where the key is new here.
    /// - Returns: whether its request is to be kept: it has been hit more than once, and there is none yet.
    mutating func count(
        _ key: CacheKey,
        saved: Money?,
        describe: () -> (route: String, path: String)
    ) -> Bool {
        let place: Int
        if let known = places[key] {
            place = known
        } else {
            let (route, path) = describe()
            place = makePlace()
            if place < keys.count {
                places[keys[place].key] = nil
                bytes -= keys[place].request?.size ?? 0
                keys[place] = PopularKey(key: key, route: route, path: path, uncertain: keys[place].hits)
            } else {
                keys.append(PopularKey(key: key, route: route, path: path, uncertain: 0))
            }
            places[key] = place
        }
        keys[place].hits += 1
        if let saved { keys[place].saved += saved }
        return settings.keepsRequests && !keys[place].isRequestSettled && keys[place].hits - keys[place].uncertain > 1
    }

    /// A place of its own, or that of a key with the fewest hits.
    private mutating func makePlace() -> Int {
        if keys.count < settings.keys { return keys.count }
        var left = keys.count
        while keys[hand].hits > floor {
            hand = (hand + 1) % keys.count
            left -= 1
            if left == 0 {
                floor = keys.reduce(.max) { min($0, $1.hits) }
                left = keys.count
            }
        }
        return hand
    }

    /// Keeps a key's request where there is room for it; it is not asked for again.
    /// - Parameter request: nil where it cannot be sent again without a secret.
    mutating func keep(_ request: PopularRequest?, of key: CacheKey) {
        guard let place = places[key] else { return }
        keys[place].isRequestSettled = true
        guard let request, bytes + request.size <= memory else { return }
        bytes += request.size
        keys[place].request = request
    }
}
