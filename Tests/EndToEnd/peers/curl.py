"""curl, for what it shows of a broken transfer."""

import subprocess

from peers.program import clean_environment

# curl's CURLE_PARTIAL_FILE, which a chunked body without its last chunk gives too.
PARTIAL = 18


def start_curl(*arguments):
    """curl in the background, quiet and unbuffered."""
    command = ["curl", "-sS", "-N", "--noproxy", "*", *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment()
    )


def curl(*arguments, within=60):
    """curl to its end; returns exit code and output."""
    process = start_curl(*arguments)
    output, _ = process.communicate(timeout=within)
    return process.returncode, output
