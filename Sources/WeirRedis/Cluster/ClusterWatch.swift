import NIOCore

/// Keeps up with a cluster's topology for all event loops, from one of them; what ``ClusterMachine`` says it does.
final class ClusterWatch {
    private let eventLoop: any EventLoop
    private let places: [RedisPlace]
    private let nodes: RedisNodes
    private var machine: ClusterMachine
    private var published: (held: Set<RedisEndpoint>, map: SlotMap?)?
    private var timer: Scheduled<Void>?
    private var isStopped = false

    /// - Parameter places: the first one is where this lives.
    init(_ places: [RedisPlace], seeds: [RedisEndpoint], _ nodes: RedisNodes) {
        eventLoop = places[0].eventLoop
        self.places = places
        self.nodes = nodes
        machine = ClusterMachine(seeds: seeds)
    }

    func start() {
        guard !isStopped else { return }
        publish()
        proceed()
    }

    func stop() {
        isStopped = true
        timer?.cancel()
    }

    /// The topology may be another.
    func due() {
        machine.due()
        proceed()
    }

    /// A command was sent on to this node, for good or for once.
    func sentOn(to endpoint: RedisEndpoint, forGood: Bool) {
        guard !isStopped else { return }
        machine.visit(endpoint, now: .now())
        publish()
        if forGood { due() }
    }

    private func proceed() {
        guard !isStopped else { return }
        switch machine.next(now: .now()) {
        case .nothing: break
        case .wait(let time):
            timer?.cancel()
            timer = eventLoop.assumeIsolated().scheduleTask(deadline: time) { [weak self] in self?.proceed() }
        case .ask: ask()
        }
    }

    private func ask() {
        let isSent = places[0].loop.value.askTopology { [weak self] map in
            guard let self, !isStopped else { return }
            guard let map else {
                machine.failed(now: .now())
                return proceed()
            }
            machine.answered(map, now: .now())
            publish()
            proceed()
        }
        guard !isSent else { return }
        machine.cutOff()
        publish()
    }

    /// Tells all event loops whom to be connected to, and who has what.
    private func publish() {
        let held = machine.held
        guard held != published?.held || machine.map !== published?.map else { return }
        published = (held, machine.map)
        nodes.keep(held)
        for place in places {
            place.eventLoop.execute { [map = machine.map] in place.loop.value.update(held, map) }
        }
    }
}
