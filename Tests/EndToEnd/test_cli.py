"""The command line: what it prints, and how it ends."""

import json
import re
import signal
import socket
import subprocess

import pytest

from conftest import ROUTES
from peers.program import Program, clean_environment, free_port
from peers.waiting import eventually
from peers.weir import WEIR, run_weir
from peers.wire import Wire

SOUND = """\
listen: 127.0.0.1:{port}
admin: {{listen: 127.0.0.1:{admin}}}
upstreams:
  app:
    url: http://127.0.0.1:3000
    breaker: {{failures: 5, open: 30s}}
routes:
  - path: /courses/{{id}}
    upstream: app
    cache: {{mode: http, tags: ["course:{{id}}"]}}
  - path: /
    upstream: app
"""


@pytest.fixture
def config(tmp_path):
    """Writes proxy.conf into the test's folder."""

    def write(text=None):
        text = SOUND.format(port=free_port(), admin=free_port()) if text is None else text
        (tmp_path / "proxy.conf").write_text(text)
        return tmp_path

    return write


def test_version_prints_a_name_and_a_number():
    done = run_weir("version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"weir \d+\.\d+\.\d+\S*\n", done.stdout)


def test_help_names_every_command():
    done = run_weir("--help")
    assert done.returncode == 0
    for command in ("run", "check", "stats", "popular", "purge", "warm", "reset-circuit", "version"):
        assert re.search(rf"^  {command}\b", done.stdout, re.MULTILINE), command


@pytest.mark.parametrize("command", ["run", "check", "stats", "popular", "purge", "warm", "reset-circuit", "version"])
def test_every_command_has_help(command):
    done = run_weir(command, "--help")
    assert done.returncode == 0
    assert "USAGE" in done.stdout and "OVERVIEW" in done.stdout


def test_an_unknown_command_is_an_error():
    done = run_weir("dance")
    assert done.returncode != 0
    assert done.stderr


def test_check_prints_the_routes_of_a_sound_file(config):
    done = run_weir("check", cwd=config())
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("/courses/{id}", "app", "http"):
        assert word in done.stdout


def test_check_reports_every_mistake_with_its_place(config):
    text = """\
upstreams:
  app:
    url: http://127.0.0.1:3000
    breakr: {failures: 5}
    timeouts: {connect: soon}
routes:
  - path: /
    upstream: ap
    cache: {mode: http, ttl: 5 minutes}
  - path: /
    upstream: app
"""
    done = run_weir("check", cwd=config(text))
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert lines[0] == "proxy.conf:4:5: unknown key 'breakr'; did you mean 'breaker'?"
    places = [line.split(": ")[0] for line in lines if line.startswith("proxy.conf:")]
    for place in ("proxy.conf:5:", "proxy.conf:8:", "proxy.conf:9:"):
        assert any(found.startswith(place) for found in places), (place, lines)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("listen: [", r"proxy\.conf:\d+:\d+: .+"),
        ("upstreams: {a: {url: 'http://x'}}\n", r"proxy\.conf:.*'?routes'?.*"),
        ("upstreams: {a: {url: ftp://x}}\nroutes: [{path: /, upstream: a}]\n", r"proxy\.conf:1:\d+: .*http.*"),
        (
            'upstreams: {a: {url: "${NOT_SET_ANYWHERE}"}}\nroutes: [{path: /, upstream: a}]\n',
            r"proxy\.conf:1:\d+: .*NOT_SET_ANYWHERE.*",
        ),
        ("upstreams: {a: {url: 'http://x'}}\nroutes: [{path: /, upstream: a}]\ndrain: 30\n", r"proxy\.conf:3:8: .*30.*"),
        (
            "upstreams: {a: {url: 'http://x'}}\nroutes: [{path: /, upstream: a}]\ncache: {memory: lots}\n",
            r"proxy\.conf:3:17: .*lots.*",
        ),
    ],
)
def test_a_mistake_has_a_place_and_is_said_in_words(config, text, error):
    done = run_weir("check", cwd=config(text))
    assert done.returncode == 1
    assert any(re.fullmatch(error, line) for line in done.stderr.splitlines()), done.stderr


def test_a_mistake_in_an_override_names_its_variable(config):
    done = run_weir("check", cwd=config(), environment=clean_environment(WEIR_DRAIN="soon"))
    assert done.returncode == 1
    assert done.stderr.startswith("WEIR_DRAIN: ")


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_missing_file_is_named(tmp_path, command):
    done = run_weir(command, "--config", "nowhere.conf", cwd=tmp_path)
    assert done.returncode == 1
    assert "nowhere.conf" in done.stderr


def test_run_refuses_a_bad_file_before_it_binds(config, tmp_path):
    port = free_port()
    folder = config(f"listen: 127.0.0.1:{port}\nupstreams: {{a: {{url: 'http://x'}}}}\nroutes: [{{path: /, upstream: b}}]\n")
    done = run_weir("run", cwd=folder)
    assert done.returncode == 1
    assert "proxy.conf:3:" in done.stderr and "'b'" in done.stderr


def test_run_is_the_default_command(config, programs):
    folder = config()
    program = Program("weir", [WEIR], folder)
    programs.append(Running(program))
    admin = int(re.search(r"admin: \{listen: 127\.0\.0\.1:(\d+)", (folder / "proxy.conf").read_text())[1])
    program.wait_until(lambda: answers(admin, "/readyz"), "weir's /readyz")
    assert program.terminate() == 0


class Running:
    """A program among the fixtures' peers."""

    def __init__(self, program):
        self.program = program

    def stop(self):
        self.program.stop()


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(port, path):
    try:
        with Wire(port, timeout=2) as wire:
            wire.send(f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{port}\nConnection: close\n\n")
            return wire.read().status == 200
    except OSError:
        return False


def test_a_port_in_use_is_named_and_ends_with_1(proxy):
    done = run_weir(
        "run", "--config", proxy.config_path, environment=clean_environment(WEIR_ADMIN_LISTEN=f"127.0.0.1:{free_port()}")
    )
    assert done.returncode == 1
    assert proxy.address in done.stderr


def test_an_admin_port_in_use_is_named_and_ends_with_1(proxy):
    done = run_weir(
        "run", "--config", proxy.config_path, environment=clean_environment(WEIR_LISTEN=f"127.0.0.1:{free_port()}")
    )
    assert done.returncode == 1
    assert proxy.admin_url.removeprefix("http://") in done.stderr


def test_stats_prints_what_the_endpoint_says(proxy):
    proxy.get("/courses")
    done = proxy.run("stats")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout).keys() == proxy.stats().keys()


def test_commands_find_weir_by_url_too(proxy, tmp_path):
    done = run_weir("stats", "--admin", proxy.admin_url, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


@pytest.mark.parametrize("command", [["stats"], ["purge", "--all"], ["reset-circuit", "app"]])
def test_a_weir_that_does_not_run_is_an_error(tmp_path, command):
    done = run_weir(*command, "--admin", f"http://127.0.0.1:{free_port()}", cwd=tmp_path)
    assert done.returncode == 1
    assert "127.0.0.1" in done.stderr


@pytest.mark.parametrize("command", [["stats"], ["purge", "--all"], ["reset-circuit", "app"]])
def test_what_answers_and_is_no_weir_is_an_error(nginx_origin, tmp_path, command):
    nginx = nginx_origin("location / { default_type text/html; return 200 '<p>Welcome</p>'; }")
    done = run_weir(*command, "--admin", nginx.url, cwd=tmp_path)
    assert done.returncode == 1 and not done.stdout
    assert nginx.url in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--tag", "a", "--all"], ["--persona", "level"], ["--key", "short"]])
def test_a_purge_that_is_none_is_an_error(proxy, arguments):
    proxy.get("/courses")
    done = proxy.run("purge", *arguments)
    assert done.returncode != 0 and done.stderr
    assert proxy.metric("weir_cache_entries") == 1


def test_an_unknown_upstream_cannot_be_reset(proxy):
    done = proxy.run("reset-circuit", "nobody")
    assert done.returncode == 1
    assert "nobody" in done.stderr


def test_stats_watch_goes_on_until_it_is_interrupted(proxy):
    process = subprocess.Popen(
        [WEIR, "stats", "--watch", "--admin", proxy.admin_url],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=clean_environment(),
    )
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=15)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0(proxy, number):
    proxy.get("/courses")
    proxy.program.process.send_signal(number)
    assert proxy.program.process.wait(15) == 0


def test_sigterm_lets_what_is_under_way_finish_and_takes_nothing_new(proxy, demo):
    demo.app.hold("g")
    with Wire(proxy.port) as wire:
        wire.get("/answer?size=5000&gate=g")
        eventually(lambda: demo.app.waiting("g") == 1, what="the call")
        proxy.program.process.terminate()
        eventually(lambda: proxy.admin.get("/readyz").status_code == 503, what="the end of readiness")
        eventually(lambda: not accepts(proxy.port), what="the end of listening")
        demo.app.release("g")
        answer = wire.read()
        assert (answer.status, len(answer.body)) == (200, 5000)
        assert answer.field("Connection") == "close"
    assert proxy.program.process.wait(15) == 0


def test_what_does_not_finish_within_the_drain_is_broken_off(proxy, demo):
    demo.app.hold("g")
    with Wire(proxy.port) as wire:
        wire.get("/stream?events=3&interval=0&event_gate=g")
        wire.read_head()
        assert wire.read_chunk()
        proxy.program.process.terminate()
        assert proxy.program.process.wait(15) == 0
        # Not an end that anybody could take for the stream's.
        with pytest.raises(ConnectionResetError):
            wire.reader.read()


def test_what_has_no_answer_within_the_drain_is_told_that_weir_stops(proxy, demo):
    demo.app.hold("g")
    with Wire(proxy.port) as wire:
        wire.get("/answer?gate=g")
        eventually(lambda: demo.app.waiting("g") == 1, what="the call")
        proxy.program.process.terminate()
        answer = wire.read()
        assert answer.status == 503 and answer.field("Connection") == "close"
        assert json.loads(answer.body)["error"]["code"] == "draining"
    assert proxy.program.process.wait(15) == 0


def test_a_second_signal_stops_at_once(weir, upstreams, demo):
    proxy = weir(upstreams + ROUTES, {"WEIR_DRAIN": "10m"})
    demo.app.hold("g")
    with Wire(proxy.port) as wire:
        wire.get("/stream?events=3&interval=0&event_gate=g")
        wire.read_head()
        assert wire.read_chunk()
        proxy.program.process.terminate()
        eventually(lambda: not accepts(proxy.port), what="the end of listening")
        proxy.program.process.send_signal(signal.SIGINT)
        assert proxy.program.process.wait(15) == 0
        with pytest.raises(ConnectionResetError):
            wire.reader.read()


def test_with_a_delay_readiness_ends_before_listening(weir, upstreams):
    proxy = weir("drain_delay: 1s\n" + upstreams + ROUTES)
    proxy.program.process.terminate()
    eventually(lambda: proxy.admin.get("/readyz").status_code == 503, what="the end of readiness")
    with Wire(proxy.port) as wire:
        wire.get("/courses")
        assert wire.read().field("Connection") is None
    eventually(lambda: not accepts(proxy.port), what="the end of listening")
    assert proxy.program.process.wait(15) == 0
