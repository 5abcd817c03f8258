"""Runs a row: asks Weir step by step, and holds what comes against what has to come."""

import dataclasses
import re
import time
from concurrent.futures import ThreadPoolExecutor

from conformance.row import CUT, dated
from peers.waiting import eventually
from peers.wire import Wire

BODILESS = (204, 304)


class Runner:
    """One row on its way."""

    def __init__(self, row, name, origin, port):
        self.row = row
        self.base = f"/{row.route}/{name}"
        self.scene = origin.scene(name)
        self.port = port
        # What is stored as far as this row knows: status and body by target.
        self.stored = {}

    def run(self):
        for number, step in enumerate(self.row.steps, 1):
            if step.kind == "pause":
                time.sleep(step.seconds)
                continue
            body = f"{self.base} {number}" if step.reply.body is None else step.reply.body
            fields = tuple(line.replace("{base}", self.base) for line in step.reply.fields)
            step = dataclasses.replace(step, reply=dataclasses.replace(step.reply, body=body, fields=fields))
            self.scene.reply = step.reply
            try:
                self._take(step)
            except AssertionError as error:
                raise AssertionError(f"{self.row.section}, step {number}, {step.kind}: {error}") from None

    def _take(self, step):
        if not step.settles:
            return self._try(step)
        deadline = time.monotonic() + 5
        while True:
            try:
                return self._try(step)
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _try(self, step):
        target = self.base + step.path
        before = len(self.scene.calls)
        if step.kind == "crowd":
            with ThreadPoolExecutor(step.count) as pool:
                answers = list(pool.map(lambda _: self._ask(step, target), range(step.count)))
        else:
            answers = [self._ask(step, target)]
        if step.refreshes:
            expected = before + step.refreshes
            within = 1 if step.settles else 5
            eventually(lambda: self.scene.given >= expected, within=within, what="the call behind a stale answer")
        calls = self.scene.calls[before:]
        for hints, message in answers:
            self._check(step, target, calls, hints, message)
        self._remember(step, target)

    def _ask(self, step, target):
        lines = [f"{step.method} {target} HTTP/1.1", f"Host: {step.host}", *map(dated, step.asks)]
        if step.sends is not None:
            lines.append(f"Content-Length: {len(step.sends)}")
        with Wire(self.port) as wire:
            wire.send("\n".join([*lines, "", step.sends or ""]))
            hints = []
            if step.reply.breaks == CUT:
                wire.wait_for_end()
                return hints, None
            while True:
                message = wire.read(to_head=step.method == "HEAD")
                assert message is not None, "the connection ended without an answer"
                if message.status >= 200:
                    return hints, message
                hints.append(message)

    def _remember(self, step, target):
        is_new = step.kind in ("fetched", "crowd") or step.refreshes
        if is_new and step.keeps and step.reply.status != 304 and step.method == "GET":
            self.stored[target, step.host] = (step.reply.status, step.reply.body)

    # What is expected

    def _check(self, step, target, calls, hints, message):
        seen = [f"{call.method} {call.target}" for call in calls]
        self._check_calls(step, calls, seen)
        if message is None:
            return
        status, body = self._expected(step, target)
        told = ", ".join(value for name, value in message.fields if name.lower() == "cache-status")
        shown = f"(calls: {seen}; Cache-Status: {told}; body: {message.body[:120]!r})"
        assert message.status == status, f"the client got a {message.status}, not a {status} {shown}"
        for part in step.holds:
            assert part.encode() in message.body, f"{part!r} is not in {message.body!r}"
        if step.method != "HEAD" and status not in BODILESS and body is not None and not step.any_body:
            assert message.body == body.encode(), f"the body is not {body!r} {shown}"
        own = [part.strip() for part in told.split(",")[-1].split(";")]
        is_hit = "hit" in own
        assert step.kind == "refused" or is_hit == (step.kind == "hit"), f"hit: {is_hit} {shown}"
        for parameter in step.status_says:
            assert parameter in own, f"Cache-Status does not say {parameter} {shown}"
        if step.status_matches:
            assert re.search(step.status_matches, told), f"Cache-Status does not match {step.status_matches} {shown}"
        self._check_fields(step, target, message, shown)
        self._check_age(step, message)
        if step.hinted is not None:
            got = [(hint.status, [f"{name}: {value}" for name, value in hint.fields]) for hint in hints]
            wanted = [(status, list(lines)) for status, lines in step.hinted]
            assert got == wanted, f"the hints are {got}, not {wanted}"

    def _check_calls(self, step, calls, seen):
        usual = {"hit": step.refreshes, "refused": 0}.get(step.kind, 1)
        expected = usual if step.calls is None else step.calls
        assert len(calls) == expected, f"the origin was asked {len(calls)} times, not {expected}: {seen}"
        for line in step.sees:
            name, separator, value = line.partition(": ")
            got = calls[-1].values(name)
            assert got == [value] if separator else got, f"the origin saw {name} as {got}, not as {value!r}"
        for name in step.unseen:
            got = calls[-1].values(name)
            assert not got, f"the origin saw {name}: {got}"

    def _expected(self, step, target):
        if step.kind in ("hit", "validated", "stood_in"):
            status, body = self.stored.get((target, step.host), (200, None))
        else:
            status, body = step.reply.status, step.reply.body
        return step.gets or status, None if step.kind == "refused" else step.body if step.body is not None else body

    def _check_fields(self, step, target, message, shown):
        def values(name):
            return [value for key, value in message.fields if key.lower() == name.lower()]

        wanted = {}
        for line in step.gives:
            name, separator, value = line.partition(": ")
            wanted.setdefault(name, []).extend([value] if separator else [])
        for name in step.same:
            sent = self.scene.sent["GET", target]
            wanted[name] = [line.partition(": ")[2] for line in sent if line.partition(":")[0].lower() == name.lower()]
        for name, expected in wanted.items():
            got = values(name)
            assert got == expected if expected else got, f"{name} is {got}, not {expected} {shown}"
        for line in step.lacks:
            name, separator, value = line.partition(": ")
            got = values(name)
            assert value not in got if separator else not got, f"there is {name}: {got} {shown}"

    def _check_age(self, step, message):
        ages = [value for name, value in message.fields if name.lower() == "age"]
        if step.kind == "hit":
            assert len(ages) == 1 and ages[0].isdigit(), f"Age of a stored answer is {ages}"
        if step.age is not None:
            least, most = step.age
            assert len(ages) == 1 and least <= int(ages[0]) <= most, f"Age is {ages}, not {least} to {most}"
