"""README.md: every example is run as it stands there, and gives the output that is shown.

An example is a `sh` block, its output the `text` block behind it. All of them run in one shell, in their order, in
front of a fresh demo; a `python` or `yaml` block that begins with `# name` is the file of that name.
"""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from peers.program import PROGRAMS, ROOT, clean_environment, free_port
from test_run import Run

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL) + [("", "")]
FILES = [(found[1], block) for _, block in BLOCKS if (found := re.match(r"# (\S+\.(?:py|conf))\n", block))]
EXAMPLES = [
    (command, output if kind == "text" else "")
    for (language, command), (kind, output) in pairwise(BLOCKS)
    if language == "sh"
]


def without_seconds(text):
    """What changes from run to run, and the CR of fields, taken out."""
    return re.sub(r"(ttl=|Age: |Retry-After: )-?\d+", r"\1N", text.replace("\r", ""))


@pytest.fixture
def run(start, tmp_path):
    return start(Run(tmp_path))


def test_every_example_gives_the_output_that_is_shown(run, tmp_path):
    addresses = {
        "127.0.0.1:8080": run.listen,
        "127.0.0.1:9090": run.admin,
        "127.0.0.1:3000": run.app,
        "127.0.0.1:3001": run.openai,
    }
    addresses |= {f"127.0.0.1:{port}": f"127.0.0.1:{free_port()}" for port in [8081, 8082, 9081, 9082, 6390]}
    addresses |= {
        # redis-server has its port apart.
        "--port 6390": f"--port {addresses['127.0.0.1:6390'][10:]}",
    }

    def as_run_here(text):
        return re.sub("|".join(map(re.escape, addresses)), lambda found: addresses[found[0]], text)

    folder = tmp_path / "tour"
    folder.mkdir()
    (folder / "scripts").symlink_to(ROOT / "scripts")
    (folder / ".venv-try").symlink_to(Path(sys.prefix))
    for name, text in FILES:
        # A configuration is read, not run, so its addresses stay as they are shown.
        (folder / name).write_text(text if name.endswith(".conf") else as_run_here(text))
    mark = "===== end of an example ====="
    # What an example leaves running ends with the shell, also when it fails.
    script = "trap 'kill $(jobs -p) 2>/dev/null' EXIT\n" + "".join(f"{as_run_here(command)}\necho '{mark}'\n" for command, _ in EXAMPLES)
    environment = clean_environment(
        DEMO_LISTEN=run.listen, DEMO_ADMIN=run.admin, DEMO_APP=run.app, DEMO_OPENAI=run.openai
    )
    environment["PATH"] = f"{PROGRAMS}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=120,
    )
    outputs = done.stdout.split(mark + "\n")
    assert len(EXAMPLES) > 15 and len(outputs) == len(EXAMPLES) + 1, done.stdout
    for (command, expected), output in zip(EXAMPLES, outputs):
        # The route table of the configuration has the addresses that are shown.
        shown = expected if command.startswith("weir check") else as_run_here(expected)
        assert without_seconds(output) == without_seconds(shown), command
