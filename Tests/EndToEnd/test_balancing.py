"""Several addresses of one upstream."""

import threading

import httpx
import pytest

from peers.demo import Demo
from peers.waiting import eventually

CLIENTS = 16


@pytest.fixture
def demos(start, tmp_path):
    """Two stand-ins, each in a folder of its own."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    return [start(Demo(folder)) for folder in folders]


def config(demos, more=""):
    urls = ", ".join(f'"{demo.app.url}"' for demo in demos)
    return f"""
upstreams:
  app:
    urls: [{urls}]
    ejection: {{time: 500ms, time_max: 1s}}
    {more}
routes: [{{path: /, upstream: app}}]
"""


def states(proxy):
    return [address["state"] for address in proxy.stats()["upstreams"][0]["addresses"]]


class Load:
    """Clients that ask one thing after the other, and what they were told."""

    def __init__(self, url, path, clients=CLIENTS):
        self.statuses = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(url + path,)) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def _ask(self, url):
        with httpx.Client(trust_env=False, timeout=30) as client:
            while not self._stop.is_set():
                self.statuses.append(client.get(url).status_code)

    def wait_for(self, count):
        """Until so many more have been answered."""
        wanted = len(self.statuses) + count
        eventually(lambda: len(self.statuses) >= wanted, what=f"{count} answers")

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()


def test_calls_go_to_both_addresses_each_with_its_own_host(weir, demos):
    proxy = weir(config(demos))
    hosts = [proxy.get("/echo").json()["headers"]["host"] for _ in range(4)]
    assert hosts == [[demo.app.address] for demo in demos] * 2
    assert [demo.app.calls("GET /echo") for demo in demos] == [2, 2]
    assert states(proxy) == ["up", "up"]


def test_an_origin_that_dies_under_load_fails_no_more_than_the_calls_it_had(weir, start, demos, tmp_path):
    proxy = weir(config(demos))
    load = Load(proxy.url, "/slow?ms=5")
    try:
        load.wait_for(200)
        demos[0].program.process.kill()
        load.wait_for(300)
    finally:
        load.stop()
    failed = [status for status in load.statuses if status != 200]
    assert len(failed) <= CLIENTS, failed
    assert set(failed) <= {502}
    assert proxy.metric("weir_breaker_state", upstream="app") == 0
    assert proxy.get("/echo").status_code == 200
    assert proxy.metric("weir_upstream_address_requests_total", address=demos[1].app.url) > 200


def test_a_dead_address_is_ejected_and_comes_back(weir, demos):
    proxy = weir(config(demos))
    demos[0].app.fail(5, 500, "/flaky")
    statuses = [proxy.get("/flaky").status_code for _ in range(10)]
    assert statuses.count(500) == 5
    assert states(proxy) == ["ejected", "up"]
    assert proxy.metric("weir_upstream_address_up", address=demos[0].app.url) == 0
    assert proxy.metric("weir_upstream_address_ejections_total", address=demos[0].app.url) == 1
    assert "gets no calls" in proxy.program.log

    eventually(lambda: proxy.get("/flaky").status_code == 200 and states(proxy) == ["up", "up"], what="its return")
    assert proxy.metric("weir_upstream_address_up") == 2


def test_an_unhealthy_address_gets_no_calls_until_it_is_healthy(weir, demos):
    demos[0].app.fail(1_000_000, 503, "/flaky")
    proxy = weir(config(demos, "health: {path: /flaky, interval: 20ms}"))
    eventually(lambda: states(proxy) == ["unhealthy", "up"], what="the checks' failure")
    before = demos[0].app.calls("GET /echo")
    assert [proxy.get("/echo").status_code for _ in range(6)] == [200] * 6
    assert demos[0].app.calls("GET /echo") == before
    health = proxy.stats()["upstreams"][0]["addresses"][0]["health"]
    assert health["lastFailure"] == "status 503"
    assert proxy.metric("weir_upstream_address_up", address=demos[0].app.url) == 0
    # Checks are not the upstream's calls: neither its breaker nor its counts hear of them.
    assert proxy.metric("weir_upstream_requests_total", outcome="server_error") == 0

    demos[0].app.reset()
    eventually(lambda: states(proxy) == ["up", "up"], what="the checks' success")
    for _ in range(4):
        proxy.get("/echo")
    assert demos[0].app.calls("GET /echo") == 2


def test_when_all_are_unhealthy_all_get_calls(weir, demos):
    for demo in demos:
        demo.app.fail(1_000_000, 503, "/flaky")
    proxy = weir(config(demos, "health: {path: /flaky, interval: 20ms}"))
    eventually(lambda: states(proxy) == ["unhealthy", "unhealthy"], what="the checks' failure")
    assert [proxy.get("/echo").status_code for _ in range(4)] == [200] * 4
    assert [demo.app.calls("GET /echo") for demo in demos] == [2, 2]


def test_the_dashboard_shows_the_addresses(weir, demos):
    proxy = weir(config(demos))
    proxy.get("/echo")
    pools = proxy.admin.get("/api/admin/dashboard/pools").json()["upstreams"]
    assert [address["url"] for address in pools[0]["addresses"]] == [demo.app.url for demo in demos]
    assert sum(address["requests"] for address in pools[0]["addresses"]) == 1
    assert pools[0]["pool"]["maxConnections"] == 200
