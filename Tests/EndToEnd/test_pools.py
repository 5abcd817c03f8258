"""`pool` of an upstream, as its origin sees it: over all event loops, and through reloads."""

import itertools
import signal
import threading

import pytest

from peers.waiting import eventually
from peers.wire import Wire

WORKERS = 4


@pytest.fixture
def pooled(weir, demo, https_origin):
    """Starts Weir with several event loops in front of the app, over HTTP or through nginx with TLS."""

    def start(pool, scheme="http"):
        upstream = f'url: "{demo.app.url}"'
        if scheme == "https":
            origin = https_origin(f"location / {{ proxy_pass {demo.app.url}; proxy_http_version 1.1; }}")
            upstream = f'url: "{origin.url}", ca_file: "{origin.ca_file}"'
        return weir(f"""
workers: {WORKERS}
upstreams:
  app: {{{upstream}, pool: {pool}, timeouts: {{first_byte: 60s}}, retry: {{attempts: 1}}}}
routes: [{{path: /, upstream: app}}]
""")

    return start


class Crowd:
    """Clients with a connection each; what they asked for waits at the origin's gate."""

    def __init__(self, proxy, demo, size):
        self.proxy = proxy
        self.demo = demo
        self.statuses = []
        self._threads = [threading.Thread(target=self._ask, args=(index,)) for index in range(size)]
        for thread in self._threads:
            thread.start()

    def _ask(self, index):
        with Wire(self.proxy.port, timeout=30) as wire:
            wire.get(f"/echo?{index}", "X-Demo-Gate: pool")
            self.statuses.append(wire.read().status)

    def join(self):
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive(), "a client hangs"


def pool(proxy):
    """In use, waiting, at most."""
    found = proxy.stats()["upstreams"][0]["pool"]
    return found["activeConnections"], found["waitingCount"], found["maxConnections"]


def at_origin(demo):
    return demo.app.waiting("pool")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_one_place_is_one_call_at_a_time_whatever_the_event_loops(pooled, demo, scheme):
    proxy = pooled("{max: 1, pending: 20}", scheme)
    demo.app.hold("pool")
    crowd = Crowd(proxy, demo, 8)
    for waiting in range(7, -1, -1):
        eventually(lambda: pool(proxy) == (1, waiting, 1), what=f"{waiting} that wait")
        eventually(lambda: at_origin(demo) == 1, what="the next call at the origin")
        demo.app.let_pass("pool")
    crowd.join()
    assert crowd.statuses == [200] * 8
    assert proxy.metric("weir_upstream_connections", state="active") == 0
    if scheme == "http":
        assert proxy.metric("weir_upstream_connections", state="idle") <= 1


def test_no_call_is_refused_while_a_place_is_free(pooled, demo):
    proxy = pooled("{max: 2, pending: 0}")
    demo.app.hold("pool")
    wires = [Wire(proxy.port) for _ in range(6)]
    for pair in itertools.combinations(wires, 2):
        for wire in pair:
            wire.get("/echo", "X-Demo-Gate: pool")
        eventually(lambda: at_origin(demo) == 2, what="both calls at the origin")
        demo.app.let_pass("pool", 2)
        assert [wire.read().status for wire in pair] == [200, 200]
    for wire in wires:
        wire.close()
    assert proxy.metric("weir_upstream_connections", state="idle") <= 2


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_bound_holds_through_reloads_and_changes_with_them(pooled, demo, scheme):
    proxy = pooled("{max: 2, pending: 100}", scheme)

    def reload(number, old, new):
        text = proxy.config_path.read_text()
        assert old in text
        proxy.config_path.write_text(text.replace(old, new))
        proxy.program.process.send_signal(signal.SIGHUP)
        eventually(lambda: proxy.stats()["configuration"]["generation"] == number, what=f"generation {number}")

    demo.app.hold("pool")
    crowds = []
    for number in range(2, 7):
        crowds.append(Crowd(proxy, demo, 3))
        asked = 3 * len(crowds)
        eventually(lambda: pool(proxy) == (2, asked - 2, 2), what=f"{asked} calls")
        reload(number, f"first_byte: {58 + number}s", f"first_byte: {59 + number}s")
    eventually(lambda: at_origin(demo) == 2, what="two calls at the origin")
    assert pool(proxy) == (2, 13, 2)
    assert proxy.metric("weir_upstream_connections", state="active") == 2

    reload(7, "{max: 2, ", "{max: 4, ")
    eventually(lambda: at_origin(demo) == 4, what="four calls at the origin")
    assert pool(proxy) == (4, 11, 4)

    reload(8, "{max: 4, ", "{max: 1, ")
    assert pool(proxy) == (4, 11, 1)
    for left in range(3, 0, -1):
        demo.app.let_pass("pool")
        eventually(lambda: pool(proxy) == (left, 11, 1), what=f"{left} calls left")
    demo.app.let_pass("pool")
    eventually(lambda: pool(proxy) == (1, 10, 1) and at_origin(demo) == 1, what="one of those who waited")

    demo.app.release("pool")
    for crowd in crowds:
        crowd.join()
        assert crowd.statuses == [200] * 3
    eventually(lambda: proxy.stats()["configuration"]["generationsInUse"] == 1, what="the end of the former ones")
    assert pool(proxy) == (0, 0, 1)
