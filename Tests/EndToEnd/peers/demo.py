"""weir-demo: the app backend and the OpenAI stand-in."""

import httpx

from peers.program import PROGRAMS, Program, free_port


class StandIn:
    """One listener of weir-demo, with its controls."""

    def __init__(self, port):
        self.address = f"127.0.0.1:{port}"
        self.url = f"http://{self.address}"
        self._client = httpx.Client(base_url=self.url, trust_env=False)

    def is_ready(self):
        try:
            return self._client.get("/_demo/counts").status_code == 200
        except httpx.TransportError:
            return False

    def counts(self):
        return self._client.get("/_demo/counts").json()

    def calls(self, call):
        """How often `GET /path` reached the stand-in."""
        return self.counts()["calls"].get(call, 0)

    def not_modified(self, call):
        return self.counts()["notModified"].get(call, 0)

    def abandoned(self, call):
        return self.counts()["abandoned"].get(call, 0)

    def waiting(self, gate):
        return self.counts()["waiting"].get(gate, 0)

    def last(self):
        """The last request, without its secrets."""
        return self._client.get("/_demo/last").json()

    def fail(self, count, status=None, path=None, retry_after=None, code=None):
        """The next `count` calls under `path` fail; without a status the connection breaks off."""
        fault = {"count": count, "status": status, "path": path, "retryAfter": retry_after, "code": code}
        self._client.post("/_demo/fail", json=fault).raise_for_status()

    def limit(self, requests=None, tokens=None):
        """So many a minute from now on, for each credential and model; nothing where None."""
        limits = {name: count for name, count in (("requests", requests), ("tokens", tokens)) if count}
        self._client.post("/_demo/limits", json=limits).raise_for_status()

    def hold(self, gate):
        self._client.post(f"/_demo/hold/{gate}").raise_for_status()

    def let_pass(self, gate, count=1):
        self._client.post(f"/_demo/pass/{gate}", params={"count": count}).raise_for_status()

    def release(self, gate):
        self._client.delete(f"/_demo/hold/{gate}").raise_for_status()

    def reset(self):
        self._client.post("/_demo/reset").raise_for_status()

    def close(self):
        self._client.close()


class Demo:
    """The running program."""

    def __init__(self, folder):
        self.app = StandIn(free_port())
        self.openai = StandIn(free_port())
        self.program = Program(
            "weir-demo",
            [PROGRAMS / "weir-demo", "--app", self.app.address, "--openai", self.openai.address],
            folder,
        )

    def wait_until_ready(self):
        self.program.wait_until(lambda: self.app.is_ready() and self.openai.is_ready(), "weir-demo's answer")

    def stop(self):
        self.app.close()
        self.openai.close()
        self.program.stop()
