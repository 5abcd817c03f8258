"""Fixtures: every test has programs of its own on free ports, stopped by their ids when it ends."""

import signal

import openai
import pytest

from peers.authority import Authority
from peers.demo import Demo
from peers.nginx import Nginx
from peers.weir import Weir

ROUTES = """
routes:
  - path: /v1/chat/completions
    upstream: openai
    cache: {mode: persona, ttl: 24h, personalised_ttl: 1h}
  - path: /v1/completions
    upstream: openai
    cache: {mode: persona, ttl: 24h}
  - path: /v1/responses
    upstream: openai
    cache: {mode: persona, ttl: 24h}
  - path: /v1/embeddings
    upstream: openai
    cache: {mode: persona, ttl: 7d}
  - path: /v1/moderations
    upstream: openai
    cache: {mode: persona, ttl: 1h}
  - path: /v1
    upstream: openai
  - path: /courses/{id}
    upstream: app
    cache: {mode: http, tags: ["course:{id}"]}
    on_write: {invalidate: ["course:{id}", "courses:list"]}
  - path: /courses
    upstream: app
    cache: {mode: http, tags: ["courses:list"]}
  - path: /echo
    upstream: app
  - path: /bytes
    upstream: app
  - path: /
    upstream: app
    # Tests hold calls for as long as it takes to start those who follow.
    cache: {mode: http, leader_age: 2m}
"""


# Where the tests run in the background SIGINT is ignored, and every program that they start would ignore it too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def authority(tmp_path):
    """A throw-away authority, with a certificate for localhost in `certificates` of the configuration's folder."""
    authority = Authority(tmp_path / "certificates")
    authority.issue("server")
    return authority


@pytest.fixture
def programs():
    """What a test has started, stopped in reverse; their logs are shown when it fails."""
    started = []
    yield started
    for peer in reversed(started):
        peer.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for peer in item.funcargs.get("programs", []):
            report.sections.append((f"log of {peer.program.name}", peer.program.log[-20000:]))
    return report


@pytest.fixture
def start(programs):
    """Starts a peer and waits until it answers."""

    def start_peer(peer):
        programs.append(peer)
        peer.wait_until_ready()
        return peer

    return start_peer


@pytest.fixture
def demo(start, tmp_path):
    return start(Demo(tmp_path))


@pytest.fixture
def upstreams(demo):
    """The upstreams of the tests' configurations, `app` and `openai`."""
    return f"upstreams:\n  app: {{url: \"{demo.app.url}\"}}\n  openai: {{url: \"{demo.openai.url}\"}}\n"


@pytest.fixture
def weir(start, tmp_path):
    """Starts Weir with a configuration that says all but where it listens."""

    def start_weir(config, environment=None, **more):
        return start(Weir(tmp_path, config, environment, **more))

    return start_weir


@pytest.fixture
def proxy(weir, upstreams):
    """Weir in front of both stand-ins, every feature on."""
    return weir(upstreams + ROUTES)


@pytest.fixture
def ai(proxy):
    """The official client, pointed at Weir."""
    with openai.OpenAI(base_url=f"{proxy.url}/v1", api_key="sk-one", max_retries=0) as client:
        yield client


@pytest.fixture
def nginx_origin(start, tmp_path):
    """nginx with real files; `server` is more of its server block."""

    def start_nginx(server=""):
        return start(Nginx(tmp_path / "nginx", server))

    return start_nginx


@pytest.fixture
def https_origin(start, tmp_path):
    """nginx behind TLS and HTTP/2, with an authority made for this test."""

    def start_nginx(server="", days=2):
        return start(Nginx(tmp_path / "nginx-tls", server, tls=True, days=days))

    return start_nginx
