"""Never dropping a request: reloads, listeners that come and go, and stopping, all while clients are at work."""

import os
import signal
import socket
import threading

import pytest

from peers.program import free_port
from peers.waiting import eventually
from peers.wire import Wire

CHAT = '{{"model": "gpt-4o-mini", "messages": [{{"role": "user", "content": "{}"}}]}}'

# What stays from one configuration to the next; the rest of it changes with its number.
FRAME = """\
listen: [{listen}]
admin: {{listen: {admin}}}
drain: 5s
reload: {{watch: {watch}}}
"""

CHANGING = """\
limits: {{keep_alive: {seconds}s, fields: {fields}, connections: {connections}, requests_per_connection: {requests}}}
cache: {{memory: {memory}MiB, max_object: 1MiB}}
upstreams:
  app:
    url: "{app}"
    timeouts: {{first_byte: {seconds}s}}
  openai: {{url: "{openai}"}}
  spare-{parity}: {{url: "{app}"}}
routes:
  - path: /v1/chat/completions
    upstream: openai
    cache: {{mode: persona, ttl: 24h}}
  - path: /courses
    upstream: app
    cache: {{mode: http, ttl: {seconds}s}}
  - path: /only/{number}
    upstream: spare-{parity}
  - path: /
    upstream: app
"""


class Reloading:
    """Weir with a configuration that is written anew, by number."""

    def __init__(self, weir, demo, watch="20ms"):
        self.demo = demo
        self.watch = watch
        self.listeners = []
        self.weir = weir(self.body(0) + f"reload: {{watch: {watch}}}\n")
        self.listeners = [self.weir.address]

    def body(self, number):
        return CHANGING.format(
            app=self.demo.app.url,
            openai=self.demo.openai.url,
            number=number,
            parity=number % 2,
            seconds=30 + number % 3,
            fields=100 + number,
            connections=1000 + number,
            # More than a client makes: a connection that is closed by Weir is one that a reload has closed.
            requests=1_000_000 + number,
            memory=16 + number % 5,
        )

    def text(self, number):
        frame = FRAME.format(listen=", ".join(self.listeners), admin=self.weir.admin_url[7:], watch=self.watch)
        return frame + self.body(number)

    def replace(self, text):
        """As editors and deployments do: a new file takes the old one's name."""
        new = self.weir.config_path.with_suffix(".new")
        new.write_text(text)
        new.rename(self.weir.config_path)

    def hang_up(self):
        self.weir.program.process.send_signal(signal.SIGHUP)

    def status(self):
        return self.weir.stats()["configuration"]

    def wait_for_generation(self, number):
        eventually(lambda: self.status()["generation"] >= number, what=f"generation {number}")

    def wait_for_refusals(self, count):
        eventually(lambda: self.status()["refusedReloads"] >= count, what=f"{count} refused reloads")


@pytest.fixture
def reloading(weir, demo):
    def start(**more):
        return Reloading(weir, demo, **more)

    return start


class Load:
    """Clients at work on threads of their own, each counting what it got and noting what went wrong."""

    def __init__(self, port):
        self.port = port
        self.done = 0
        self.failures = []
        self.is_over = threading.Event()
        self.is_stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads = []

    def add(self, client):
        thread = threading.Thread(target=self._work, args=(client,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, client):
        try:
            client(self)
        except Exception as error:
            self.failures.append(f"{client.__name__}: {error!r}")

    def count(self, message, expected=200):
        if message is None:
            raise AssertionError("closed instead of an answer")
        if message.status != expected:
            raise AssertionError(f"{message.status}: {message.body[:200]!r}")
        with self._lock:
            self.done += 1

    def join(self):
        self.is_over.set()
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive(), "a client hangs"
        assert self.failures == []

    def connect(self):
        """A new connection; None once Weir is stopping and does not listen any more."""
        try:
            return Wire(self.port)
        except ConnectionRefusedError:
            if not self.is_stopping.is_set():
                raise
            return None


def get_on_new_connections(load):
    while not load.is_over.is_set():
        wire = load.connect()
        if wire is None:
            return
        with wire:
            wire.get("/courses/1")
            load.count(wire.read())


def ask_weir_on_new_connections(load):
    """As fast as a client can: nothing of the answer is read but its beginning, which is Weir's own."""
    while not load.is_over.is_set():
        try:
            connection = socket.create_connection(("127.0.0.1", load.port))
        except ConnectionRefusedError:
            assert load.is_stopping.is_set()
            return
        with connection:
            connection.sendall(b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 204 ")
            load.done += 1


def use_kept_connections(request):
    """A client that sends `request` over and over, on one connection for as long as it is kept."""

    def client(load):
        wire = load.connect()
        while not load.is_over.is_set():
            request(wire, load)
            answer = wire.read()
            load.count(answer)
            if answer.field("Connection") == "close":
                assert load.is_stopping.is_set()
                assert wire.is_at_end()
                wire.close()
                wire = load.connect()
                if wire is None:
                    return
        wire.close()

    client.__name__ = request.__name__
    return client


def get_hits(wire, load):
    wire.get("/courses")


def get_misses(wire, load):
    wire.get("/answer?size=2000")


def post_bodies(wire, load):
    body = b"x" * 100_000
    wire.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body))
    wire.send(body)


def ask_the_same(wire, load):
    """Two clients of this kind share calls: a question is asked by both at about the same time."""
    body = CHAT.format(f"question {load.done // 20}")
    wire.send(f"POST /v1/chat/completions HTTP/1.1\nHost: a\nContent-Length: {len(body)}\n\n{body}")


def read_streams(load):
    """Whole event streams, each some tenths of a second long."""
    while not load.is_over.is_set():
        wire = load.connect()
        if wire is None:
            return
        with wire:
            wire.get("/stream?events=20&interval=20")
            answer = wire.read()
            load.count(answer)
            assert answer.body.count(b"data:") >= 20, answer.body[-100:]


CLIENTS = [
    get_on_new_connections,
    use_kept_connections(get_hits),
    use_kept_connections(get_misses),
    use_kept_connections(post_bodies),
    use_kept_connections(ask_the_same),
    use_kept_connections(ask_the_same),
    read_streams,
]


class Counters:
    """Looks at all counters again and again, and finds those that go back."""

    # Of an upstream that is gone and comes back, and of breakers that begin anew with changed settings.
    EXEMPT = ("weir_breaker_transitions_total",)

    def __init__(self, weir):
        self.weir = weir
        self.seen = {}

    def look(self):
        metrics = self.weir.metrics()
        for name, samples in metrics.items():
            if not name.endswith(("_total", "_count", "_bucket")) or name in self.EXEMPT:
                continue
            for labels, value in samples:
                if labels.get("upstream", "").startswith("spare"):
                    continue
                key = (name, *sorted(labels.items()))
                assert value >= self.seen.get(key, 0), key
                self.seen[key] = value
        requests = self.weir.stats()["requests"]["total"]
        assert requests >= self.seen.get("requests", 0)
        self.seen["requests"] = requests


def open_files(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def test_a_hundred_reloads_and_a_stop_fail_no_request(reloading):
    reloads = reloading()
    weir = reloads.weir
    load = Load(weir.port)
    for client in CLIENTS:
        load.add(client)
    counters = Counters(weir)
    files = None
    for number in range(1, 101):
        reloads.replace(reloads.text(number))
        if number % 2:
            reloads.hang_up()
        reloads.wait_for_generation(number + 1)
        if number % 10 == 0:
            counters.look()
        if number == 20:
            files, memory = open_files(weir.program.process), weir.program.memory_kib("VmRSS")
    assert load.failures == []
    assert load.done > 200
    # Nothing is left of former generations but what requests are under way in.
    eventually(lambda: reloads.status()["generationsInUse"] <= 3, what="the end of former generations")
    assert open_files(weir.program.process) <= files + 40
    assert weir.program.memory_kib("VmRSS") <= memory + 40_000
    status = reloads.status()
    assert status["reloads"] >= 100 and status["refusedReloads"] == 0 and status["lastReloadSuccessful"]
    assert weir.metric("weir_config_last_reload_successful") == 1
    counters.look()
    load.is_stopping.set()
    weir.program.process.terminate()
    assert weir.program.process.wait(20) == 0
    load.join()


def test_a_crowd_that_connects_all_along_is_answered_or_refused(reloading):
    """No client is told that it is connected, and reset, however many come while a listener closes."""
    reloads = reloading()
    weir = reloads.weir
    ports = [free_port() for _ in range(6)]
    reloads.listeners = [weir.address, *(f"127.0.0.1:{port}" for port in ports)]
    reloads.replace(reloads.text(1))
    reloads.wait_for_generation(2)
    for number, port in enumerate(ports, 2):
        load = Load(port)
        for _ in range(100):
            load.add(ask_weir_on_new_connections)
        eventually(lambda: load.done > 2000, what="a crowd at work")
        load.is_stopping.set()
        if port == ports[-1]:
            weir.program.process.terminate()
            assert weir.program.process.wait(20) == 0
        else:
            reloads.listeners.pop(1)
            reloads.replace(reloads.text(number))
            reloads.wait_for_generation(number + 1)
            with pytest.raises(ConnectionRefusedError):
                Wire(port)
        load.join()


def test_a_bad_file_is_refused_while_clients_are_at_work(reloading):
    reloads = reloading()
    weir = reloads.weir
    load = Load(weir.port)
    for client in CLIENTS[:3]:
        load.add(client)
    before = weir.metric("weir_config_last_reload_success_timestamp_seconds")
    text = reloads.text(1).replace("upstream: openai", "upstream: opnai").replace("ttl: 24h", "tll: 24h")
    reloads.replace(text)
    reloads.wait_for_refusals(1)
    status = reloads.status()
    assert not status["lastReloadSuccessful"] and status["generation"] == 1
    assert [problem.split(": ", 1)[1] for problem in status["problems"]] == [
        "unknown upstream 'opnai'; did you mean 'openai'?",
        "unknown key 'tll'; did you mean 'ttl'?",
    ]
    for problem in status["problems"]:
        assert problem in weir.program.log
    assert weir.metric("weir_config_last_reload_successful") == 0
    assert weir.metric("weir_config_reloads_total", outcome="refused") == 1
    assert weir.metric("weir_config_last_reload_success_timestamp_seconds") == before
    # A file that is gone is told of too, asked for or not.
    weir.config_path.unlink()
    reloads.wait_for_refusals(2)
    assert "cannot be read" in reloads.status()["problems"][0]
    reloads.hang_up()
    reloads.wait_for_refusals(3)
    # The next good one is taken, and the problems are gone.
    reloads.replace(reloads.text(2))
    reloads.wait_for_generation(2)
    assert reloads.status()["lastReloadSuccessful"] and reloads.status()["problems"] == []
    # Back as it was, it is read again: nothing is wrong any more.
    content = weir.config_path.read_text()
    weir.config_path.unlink()
    reloads.wait_for_refusals(4)
    reloads.replace(content)
    reloads.wait_for_generation(3)
    assert reloads.status()["lastReloadSuccessful"] and reloads.status()["problems"] == []
    load.join()


def test_listeners_come_and_go_while_clients_are_at_work(reloading, demo):
    reloads = reloading()
    weir = reloads.weir
    load = Load(weir.port)
    for client in CLIENTS[:4]:
        load.add(client)
    added = free_port()
    reloads.listeners = [weir.address, f"127.0.0.1:{added}"]
    reloads.replace(reloads.text(1))
    reloads.wait_for_generation(2)
    demo.app.hold("g")
    with Wire(added) as busy, Wire(added) as idle:
        busy.get("/answer?size=5000&gate=g")
        idle.get("/courses")
        assert idle.read().status == 200
        eventually(lambda: demo.app.waiting("g") == 1, what="the call")
        reloads.listeners = [weir.address]
        reloads.replace(reloads.text(2))
        reloads.wait_for_generation(3)
        with pytest.raises(ConnectionRefusedError):
            Wire(added)
        # What came through it goes on to its end.
        assert idle.is_at_end()
        demo.app.release("g")
        answer = busy.read()
        assert (answer.status, len(answer.body), answer.field("Connection")) == (200, 5000, "close")
        assert busy.is_at_end()
    # Where an added address cannot be had nothing changes: neither the routes nor the other addresses.
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        reloads.listeners = [f"127.0.0.1:{added}", address, weir.address]
        reloads.replace(reloads.text(3))
        reloads.wait_for_refusals(1)
    status = reloads.status()
    assert status["generation"] == 3
    assert status["problems"] == [f"cannot listen on {address}: the address is already in use"]
    with pytest.raises(ConnectionRefusedError):
        Wire(added)
    load.join()


def test_what_waits_for_a_restart_is_told_and_keeps_its_value(reloading):
    reloads = reloading()
    weir = reloads.weir
    text = reloads.text(1).replace(weir.admin_url[7:], f"127.0.0.1:{free_port()}")
    reloads.replace(text + "workers: 7\nlog: {level: warning}\n")
    reloads.wait_for_generation(2)
    assert reloads.status()["waitingForRestart"] == ["admin.listen", "log", "workers"]
    assert reloads.status()["lastReloadSuccessful"]
    assert weir.metric("weir_config_waiting_for_restart") == 3
    assert "a new value of 'workers' waits for a restart" in weir.program.log
    reloads.replace(reloads.text(2))
    reloads.wait_for_generation(3)
    assert reloads.status()["waitingForRestart"] == []


def test_a_file_that_is_not_watched_is_read_on_sighup_alone(reloading):
    reloads = reloading(watch="0s")
    weir = reloads.weir
    assert weir.get("/only/1").status_code == 404
    reloads.replace(reloads.text(1))
    reloads.hang_up()
    reloads.wait_for_generation(2)
    # Watched from here on.
    reloads.watch = "20ms"
    reloads.replace(reloads.text(2))
    reloads.hang_up()
    reloads.wait_for_generation(3)
    reloads.replace(reloads.text(3))
    reloads.wait_for_generation(4)


def test_stored_answers_and_open_breakers_outlive_a_reload(reloading, demo):
    reloads = reloading()
    weir = reloads.weir
    assert weir.get("/courses").headers["Cache-Status"].startswith("weir; fwd=uri-miss")
    demo.openai.fail(5, status=500)
    for _ in range(5):
        assert weir.get("/v1/chat/completions").status_code == 500
    assert weir.metric("weir_breaker_state", upstream="openai", service="chat") == 2
    reloads.replace(reloads.text(1))
    reloads.wait_for_generation(2)
    assert weir.get("/courses").headers["Cache-Status"].startswith("weir; hit")
    assert weir.metric("weir_breaker_state", upstream="openai", service="chat") == 2
    assert weir.get("/v1/chat/completions").json()["error"]["code"] == "breaker_open"
    assert weir.metric("weir_requests_total", route="/courses", status="2xx") == 2
