"""A process with a log, started and stopped by its id."""

import os
import random
import signal
import socket
import subprocess
from pathlib import Path

from peers.waiting import eventually

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = Path(os.environ.get("PROGRAMS", ROOT / ".build" / "release")).resolve()

# Below the range from which the system takes the ports of outgoing connections.
_next_port = random.randrange(20000, 30000)


def free_port():
    """A port that nothing listens on."""
    global _next_port
    while True:
        _next_port = 20000 + (_next_port - 20000 + 1) % 10000
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", _next_port))
                return _next_port
            except OSError:
                continue


def clean_environment(**more):
    """The environment without what would steer Weir or lead requests elsewhere."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("WEIR_", "DEMO_", "OPENAI_")) and not name.lower().endswith("_proxy")
    }
    return kept | more


class Program:
    """A running program whose output goes to a file."""

    def __init__(self, name, command, folder, environment=None):
        self.name = name
        self.log_path = Path(folder) / f"{name}.log"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment if environment is not None else clean_environment(),
                start_new_session=True,
            )

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def wait_until(self, is_ready, what):
        """Waits for `is_ready()`; fails at once if the program ends before."""

        def check():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.log}")
            return is_ready()

        eventually(check, what=what)

    def memory_kib(self, field="VmHWM"):
        """Resident memory: `VmRSS` now, `VmHWM` at its highest."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise AssertionError(f"{self.name} has no {field}")

    def terminate(self, within=15.0):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def stop(self):
        """Ends the program for good."""
        if self.process.poll() is None:
            try:
                self.terminate(within=5.0)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
