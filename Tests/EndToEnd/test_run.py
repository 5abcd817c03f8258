"""`make run`: scripts/run, and the files that belong to it."""

import contextlib
import os
import re
import signal
import socket
import subprocess

import httpx
import pytest
import yaml

from peers.program import PROGRAMS, ROOT, Program, clean_environment, free_port
from peers.waiting import eventually
from peers.weir import run_weir


class Run:
    """scripts/run with the demo, on free ports."""

    def __init__(self, folder, **more):
        self.listen, self.admin, self.app, self.openai = (f"127.0.0.1:{free_port()}" for _ in range(4))
        environment = clean_environment(
            PROGRAMS=str(PROGRAMS),
            DEMO="always",
            DEMO_LISTEN=self.listen,
            DEMO_ADMIN=self.admin,
            DEMO_APP=self.app,
            DEMO_OPENAI=self.openai,
            **more,
        )
        self.program = Program("run", [ROOT / "scripts" / "run"], folder, environment)

    def wait_until_ready(self):
        self.program.wait_until(lambda: "Ctrl-C stops everything." in self.program.log, "what to try")

    def children(self):
        """The ids of the programs that the script has started, by their names."""
        found = {}
        pid = self.program.process.pid
        for child in open(f"/proc/{pid}/task/{pid}/children").read().split():
            with contextlib.suppress(FileNotFoundError):  # It has ended meanwhile.
                found[open(f"/proc/{child}/comm").read().strip()] = int(child)
        return found

    def is_quiet(self):
        """Whether nothing listens any more."""
        for address in (self.listen, self.admin, self.app, self.openai):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(address.split(":")[1]))) == 0:
                    return False
        return True

    def stop(self):
        self.program.stop()


@pytest.fixture
def run(start, tmp_path):
    return start(Run(tmp_path))


def test_it_starts_the_demo_and_weir_and_says_what_to_try(run):
    log = run.program.log
    assert len(re.findall(rf"^  curl .*http://{run.listen}/", log, re.MULTILINE)) == 3
    assert f"http://{run.admin}/stats" in log
    assert httpx.get(f"http://{run.listen}/courses/1", trust_env=False).json()["id"] == "1"


def test_every_line_it_prints_works_as_written(run):
    lines = re.findall(r"^  (curl .*)$", run.program.log, re.MULTILINE)
    for line in lines:
        for outcome in ("stored", "hit"):
            done = subprocess.run(
                line, shell=True, capture_output=True, text=True, errors="replace", env=clean_environment()
            )
            assert done.returncode == 0, done.stderr
            status = re.search(r"^cache-status: (.*?)\r?$", done.stdout, re.MULTILINE | re.IGNORECASE)[1]
            assert outcome in status, (line, status)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_cleanly(run, number):
    # The script prints what to try by a program that is gone when it has.
    eventually(lambda: run.children().keys() == {"weir", "weir-demo"}, what="the two programs alone")
    children = run.children()
    run.program.process.send_signal(number)
    assert run.program.process.wait(30) == 0
    assert run.is_quiet()
    assert not [pid for pid in children.values() if os.path.exists(f"/proc/{pid}")]


@pytest.mark.parametrize("name", ["weir", "weir-demo"])
def test_when_one_dies_the_other_is_ended_and_it_is_said_which(run, name):
    os.kill(run.children()[name], signal.SIGKILL)
    assert run.program.process.wait(30) == 1
    assert f"run: {name} has ended with exit code 137" in run.program.log
    assert run.is_quiet()


def test_a_port_in_use_is_named_and_nothing_is_started(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        run = Run(tmp_path)
        run.program.stop()
        done = subprocess.run(
            [ROOT / "scripts" / "run"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=clean_environment(
                PROGRAMS=str(PROGRAMS), DEMO="always", DEMO_LISTEN=run.listen, DEMO_ADMIN=run.admin,
                DEMO_APP=run.app, DEMO_OPENAI=address,
            ),
        )
    assert done.returncode == 1
    assert f"{address} is in use" in done.stderr


def test_a_proxy_conf_is_run_without_the_demo(start, tmp_path, demo):
    """In a folder with the scripts and a proxy.conf of the user's own."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "scripts").symlink_to(ROOT / "scripts")
    listen, admin = free_port(), free_port()
    (folder / "proxy.conf").write_text(
        f"listen: 127.0.0.1:{listen}\nadmin: {{listen: 127.0.0.1:{admin}}}\n"
        f'upstreams: {{app: {{url: "{demo.app.url}"}}}}\nroutes: [{{path: /, upstream: app}}]\n'
    )

    class OwnFile:
        program = Program("run", [folder / "scripts" / "run"], folder, clean_environment(PROGRAMS=str(PROGRAMS)))

        def wait_until_ready(self):
            self.program.wait_until(self.is_ready, "weir's answer")

        def is_ready(self):
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", listen)) == 0

        def stop(self):
            self.program.stop()

    run = start(OwnFile())
    assert httpx.get(f"http://127.0.0.1:{listen}/courses/1", trust_env=False).json()["id"] == "1"
    assert run.program.terminate() == 0


@pytest.mark.parametrize("path", ["scripts/demo.conf", "docker/proxy.conf", "proxy.conf.example"])
def test_the_configurations_that_come_with_weir_are_sound(path, tmp_path):
    done = run_weir("check", "--config", ROOT / path, environment=clean_environment(WEIR_ADMIN_TOKEN="secret"))
    assert done.returncode == 0, done.stderr


def test_the_compose_file_names_what_there_is():
    compose = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
    assert compose["services"].keys() >= {"weir", "demo", "redis", "prometheus"}
    for service in compose["services"].values():
        if "build" in service:
            assert (ROOT / "docker" / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (ROOT / "docker" / source).exists(), source


def test_prometheus_scrapes_weir_where_compose_has_it():
    prometheus = yaml.safe_load((ROOT / "docker" / "prometheus.yml").read_text())
    config = yaml.safe_load((ROOT / "docker" / "proxy.conf").read_text())
    port = config["admin"]["listen"].rsplit(":", 1)[1]
    targets = [target for job in prometheus["scrape_configs"] for static in job["static_configs"] for target in static["targets"]]
    assert targets == [f"weir:{port}"]


def test_the_image_is_built_by_the_scripts_that_ci_runs():
    dockerfile = (ROOT / "docker" / "Dockerfile").read_text()
    for script in ("scripts/install-packages build", "scripts/build-release --static-swift-stdlib"):
        assert script in dockerfile
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists(), name
