"""Weir itself."""

import subprocess
from collections import defaultdict

import httpx

from peers.program import PROGRAMS, Program, clean_environment, free_port

WEIR = PROGRAMS / "weir"


class Weir:
    """A running Weir with the given upstreams and routes, and at most `files` open files; `tls` is the flow mapping of a
    second, HTTPS listener.

    Every listener speaks HTTP/2 too."""

    def __init__(self, folder, config, environment=None, token=None, tls=None, files=None, drain="2s"):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.address}"
        self.admin_url = f"http://127.0.0.1:{free_port()}"
        self.secure_port = free_port()
        self.secure_url = f"https://localhost:{self.secure_port}"
        secure = f", {{address: 127.0.0.1:{self.secure_port}, tls: {tls}}}" if tls else ""
        self.config_path = folder / "proxy.conf"
        secret = f", token: {token}" if token else ""
        head = (
            f"listen: [{{address: {self.address}, http2: true}}{secure}]\n"
            f"admin: {{listen: {self.admin_url[7:]}{secret}}}\ndrain: {drain}\n"
        )
        self.config_path.write_text(head + config)
        self.environment = clean_environment(**(environment or {}))
        self.command = [WEIR, "run", "--config", self.config_path]
        if files:
            self.command = ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *self.command]
        self.program = Program("weir", self.command, folder, self.environment)
        self.lives = 1
        self._connect()

    def _connect(self):
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=30)
        self.admin = httpx.Client(base_url=self.admin_url, trust_env=False, timeout=30)

    def start_again(self, environment=None, command=None):
        """The same Weir once more, when it has ended; with a log of its own."""
        assert self.program.process.poll() is not None, "it runs"
        self.lives += 1
        self.environment = clean_environment(**(environment or {}))
        folder = self.config_path.parent
        self.program = Program(f"weir-{self.lives}", command or self.command, folder, self.environment)
        self._connect()
        self.wait_until_ready()

    def wait_until_ready(self):
        def is_ready():
            try:
                return self.admin.get("/readyz").status_code == 200
            except httpx.TransportError:
                return False

        self.program.wait_until(is_ready, "weir's /readyz")

    def get(self, path, **more):
        """A GET without the fields that httpx adds by itself and that change the answer."""
        headers = {"Accept-Encoding": "identity"} | more.pop("headers", {})
        return self.client.get(path, headers=headers, **more)

    def metrics(self):
        """Every sample of /metrics by its name: pairs of labels and value."""
        return parse_metrics(self.admin.get("/metrics").text)

    def metric(self, name, **labels):
        """The sum of the samples of `name` that have these labels; 0 where there is none."""
        return sum(
            value for found, value in self.metrics()[name] if labels.items() <= found.items()
        )

    def stats(self):
        return self.admin.get("/stats").json()

    def invalidate(self, **selector):
        """How many entries the admin API removed, or marked where the purge is soft."""
        answer = self.admin.post("/api/admin/dashboard/cache/invalidate", json=selector)
        assert answer.status_code == 200, answer.text
        return answer.json()["softened" if selector.get("soft") else "removed"]

    def run(self, *arguments):
        """`weir …` with this instance's configuration."""
        return run_weir(*arguments, "--config", self.config_path, environment=self.environment)

    def stop(self):
        self.client.close()
        self.admin.close()
        self.program.stop()


def run_weir(*arguments, environment=None, cwd=None):
    """The command line's end: exit code, output and errors."""
    return subprocess.run(
        [str(WEIR), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        cwd=cwd,
        env=environment if environment is not None else clean_environment(),
    )


def parse_metrics(text):
    """Reads the Prometheus text format; a line that is none fails."""
    samples = defaultdict(list)
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        head, value = line.rsplit(" ", 1)
        name, _, rest = head.partition("{")
        labels = {}
        if rest:
            assert rest.endswith("}"), line
            for pair in filter(None, rest[:-1].split('",')):
                key, _, label = pair.partition('="')
                labels[key] = label.removesuffix('"')
        samples[name].append((labels, float(value)))
    return samples


def cache_status(response):
    """Weir's member of Cache-Status as a dictionary: `{"hit": True, "ttl": 42}`."""
    member = response.headers["Cache-Status"].split(",")[-1]
    name, *parameters = [part.strip() for part in member.split(";")]
    assert name == "weir", member
    read = {}
    for parameter in parameters:
        key, separator, value = parameter.partition("=")
        read[key] = (int(value) if value.lstrip("-").isdigit() else value) if separator else True
    return read
