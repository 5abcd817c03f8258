"""A Redis Cluster of the test's own."""

import signal

from peers.program import free_port
from peers.redis import Redis
from peers.waiting import eventually

SLOTS = 16384


class RedisCluster:
    """Three masters on loopback, each with a third of the slots; `options` are further arguments of their command lines.

    Its servers are started by `start`, one after the other, which also ends them."""

    def __init__(self, start, folder, *options):
        self._start = start
        self._folder = folder
        # Who is silent for a second counts as gone.
        self._options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "1000", *options)
        self.nodes = [self._make(f"node-{number}") for number in range(3)]
        bounds = [round(SLOTS * part / 3) for part in range(4)]
        for node, first, end in zip(self.nodes, bounds, bounds[1:]):
            assert node.run("CLUSTER", "ADDSLOTSRANGE", first, end - 1) == "OK"
        for node in self.nodes[1:]:
            self._introduce(node)
        self.wait_until_settled()
        self._owners = [next(node for node, end in zip(self.nodes, bounds[1:]) if slot < end) for slot in range(SLOTS)]

    def _make(self, name):
        place = self._folder / name
        place.mkdir(parents=True)
        bus = free_port()
        node = self._start(Redis(place, "--cluster-port", bus, *self._options))
        node.bus = bus
        node.id = node.run("CLUSTER", "MYID")
        return node

    def _introduce(self, node):
        assert self.nodes[0].run("CLUSTER", "MEET", "127.0.0.1", node.port, node.bus) == "OK"

    def add_replica(self, master):
        """One more node, with a copy of what this one has, that is known to all."""
        replica = self._make("replica")
        self._introduce(replica)
        eventually(lambda: replica.run("CLUSTER", "REPLICATE", master.id) == "OK", what="the nodes to know each other")
        eventually(lambda: "master_link_status:up" in replica.run("INFO", "replication"), what="the copy")
        for node in self.nodes:
            eventually(lambda: len(node.run("CLUSTER", "REPLICAS", master.id)) == 1, what="all to know of it")
        return replica

    @property
    def urls(self):
        return [f"redis://127.0.0.1:{node.port}" for node in self.nodes]

    def wait_until_settled(self):
        """Until every node knows who has every slot, and is known to be there."""
        for node in self.nodes:
            eventually(lambda: self._is_settled(node), within=30.0, what="the cluster's agreement")

    def _is_settled(self, node):
        info = node.run("CLUSTER", "INFO")
        return "cluster_state:ok" in info and f"cluster_slots_ok:{SLOTS}" in info and "fail" not in node.run("CLUSTER", "NODES")

    # Keys

    def slot(self, key):
        return next(node for node in self.nodes if node.is_running).run("CLUSTER", "KEYSLOT", key)

    def owner(self, key):
        """The node that its slot was given to last."""
        return self._owners[self.slot(key)]

    def keys(self, pattern="*"):
        """Of all nodes that run."""
        return [key for node in self.nodes if node.is_running for key in node.keys(pattern)]

    # Moving slots

    def begin_moving(self, slot, target):
        source = self._owners[slot]
        assert target.run("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id) == "OK"
        assert source.run("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id) == "OK"

    def move_keys(self, slot, target, count=1000):
        """At most `count` of the slot's."""
        source = self._owners[slot]
        for key in source.run("CLUSTER", "GETKEYSINSLOT", slot, count):
            assert source.run("MIGRATE", "127.0.0.1", target.port, key, 0, 5000) in ("OK", "NOKEY")

    def end_moving(self, slot, target):
        source = self._owners[slot]
        for node in [target, source, *(node for node in self.nodes if node not in (source, target))]:
            assert node.run("CLUSTER", "SETSLOT", slot, "NODE", target.id) == "OK"
        self._owners[slot] = target

    def move(self, slot, target):
        """The slot with all that is in it, whatever is written meanwhile."""
        self.begin_moving(slot, target)
        while self._owners[slot].run("CLUSTER", "COUNTKEYSINSLOT", slot):
            self.move_keys(slot, target)
        self.end_moving(slot, target)

    # Faults

    def kill(self, node):
        """SIGKILL; what it knew of the cluster it finds again, of the keys nothing."""
        node.program.process.kill()
        node.program.process.wait()

    def start_again(self, node):
        node.start_again()
        self.wait_until_settled()

    def pause(self, node):
        node.program.process.send_signal(signal.SIGSTOP)

    def resume(self, node):
        node.program.process.send_signal(signal.SIGCONT)
        self.wait_until_settled()

    def fill(self, *nodes):
        """They take no more, and go on answering."""
        for node in nodes:
            assert node.run("CONFIG", "SET", "maxmemory-policy", "noeviction") == "OK"
            assert node.run("CONFIG", "SET", "maxmemory", "1") == "OK"

    def empty(self, *nodes):
        for node in nodes:
            assert node.run("CONFIG", "SET", "maxmemory", "0") == "OK"
