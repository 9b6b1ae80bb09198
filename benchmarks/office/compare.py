"""The office under load on PostgreSQL, beside a bare Django page served the same way.

1. Single requests, signed beforehand, are sent over the API at a fixed rate; a worker takes them in
   and adjudicates them by the specialist's order of the day. Afterwards they are counted: every one
   that was acknowledged must have been taken in and decided.
2. The batch is taken in and adjudicated, so that the home has a history.
3. People look at the pages of their desks, each pausing as a reader does; then without any pause.
   The same load goes to the bare page.

The clients are one process, which shares the processors with the office, its worker and PostgreSQL.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import postgresql

from benchmarks.data import Data
from benchmarks.office import serving
from benchmarks.processes import measure
from benchmarks.results import Measurements

_SATURATED = 15  # seconds without pauses
_OK = 400
_MILLI = 1000.0
_KEY = "ice-preparer"
_PATH = "/api/v1/requests"


@dataclass(frozen=True)
class Load:
    """How much: ``users`` with ``pause`` seconds between pages, ``rate`` singles a second.

    Each for ``seconds``; the office and the floor in so many ``processes``.
    """

    users: int = 50
    pause: float = 2.0
    rate: int = 300
    seconds: int = 60
    processes: int = 2


def run(data: Data, load: Load, say: Callable[[str], None]) -> dict[str, list[Measurements]]:
    """Run the bench over ``data``; return what was measured, by benchmark and side."""
    home = (data.folder / "office-home").resolve()
    shutil.rmtree(home, ignore_errors=True)
    with postgresql.server() as address:
        bench = _Bench(data, load, home, {"DATABASE_URL": address}, say)
        try:
            return bench.run()
        finally:
            shutil.rmtree(home, ignore_errors=True)


class _Bench:
    def __init__(
        self, data: Data, load: Load, home: Path, env: dict[str, str], say: Callable[[str], None]
    ) -> None:
        self._data, self._load, self._home, self._say = data, load, home, say
        self._work = data.folder / "office-work"
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir()
        self._env = env | {"PORTCULLIS_BENCH_LOG": str(self._work / "process")}

    def run(self) -> dict[str, Any]:
        """Do all of it."""
        self._say("The home, its index, the requests signed beforehand")
        self._child("make", self._data.folder, self._home)
        self._verb("records", "index", str(self._data.records))
        bodies = self._work / "singles.jsonl"
        wanted = self._load.rate * self._load.seconds
        words = ["benchmarks.office.singles", self._data.folder, wanted, bodies]
        measure([sys.executable, "-m", *map(str, words)])
        self._child("order", self._data.folder, self._home)
        singles = list(self._singles(bodies))
        self._say("The batch")
        self._verb("submit", str(self._data.batch))
        actor = ("--as", self._data.specialist, "--key", str(self._data.specialist_key))
        self._verb("adjudicate", self._data.batch_id, *actor)
        office = self._pages()
        self._say("The bare page")
        with serving.bare(self._load.processes) as port:
            people = [self._user("nobody", "", [], port)] * self._load.users
            floor = self._look(port, people, {"nobody": ["/"]})
        return {"office-singles": {"Portcullis": singles}, "office": _beside(office, floor)}

    def _singles(self, bodies: Path) -> Measurements:
        """Send the singles; yield what was seen of them."""
        self._say(f"{self._load.rate} single requests a second")
        port, stop = serving.free_port(), self._work / "stop"
        plan = {
            "port": port,
            "rate": self._load.rate,
            "key": str(self._data.key(_KEY)),
            "path": _PATH,
            "bodies": str(bodies),
        }
        with (
            serving.office(self._home, port, self._load.processes, self._env) as office,
            serving.worker(self._home, self._env) as worker,
        ):
            watching = subprocess.Popen(
                self._command("watch", self._home, stop),
                env={**os.environ, **self._env},
                stdout=subprocess.PIPE,
            )
            self._wake(port)
            before = serving.processor_seconds(office), serving.processor_seconds(worker)
            sent = self._loaded("requests", plan)["sent"]
            after = serving.processor_seconds(office)
            stop.touch()
            seen = json.loads(watching.communicate()[0].splitlines()[-1])
            worked = serving.processor_seconds(worker) - before[1]
        kept = self._child("count", self._home)
        return _counted(sent, kept, seen, after - before[0], worked)

    def _wake(self, port: int) -> None:
        """Have every process of the office answer once, so that none starts under the clock."""
        pages = {"nobody": ["/api/v1/openapi.json", "/health/ready"]}
        people = [self._user("nobody", "", [], port)] * self._load.users
        plan = {"port": port, "people": people, "pages": pages, "seconds": 2, "pause": 0.1}
        self._loaded("pages", plan)

    def _pages(self) -> dict[str, Any]:
        self._say(f"{self._load.users} people at their desks")
        port = serving.free_port()
        origin = f"http://localhost:{port}"
        with serving.office(self._home, port, self._load.processes, self._env) as office:
            signed_in = self._child("sessions", self._home, origin, self._load.users)
            people = [
                self._user(each["person"], each["session"], each["desks"], port)
                for each in signed_in
            ]
            pages = self._loaded("walk", {"port": port, "people": people})
            return self._look(port, people, pages, office)

    def _look(
        self, port: int, people: Sequence[Any], pages: dict[str, list[str]], office: int = 0
    ) -> dict[str, Any]:
        """Return what people saw with pauses, and without."""
        plan = {"port": port, "people": people, "pages": pages}
        seconds, pause = self._load.seconds, self._load.pause
        before = serving.processor_seconds(office) if office else 0.0
        calm = self._loaded("pages", plan | {"seconds": seconds, "pause": pause})
        used = serving.processor_seconds(office) - before if office else 0.0
        short = min(seconds, _SATURATED)
        rush = self._loaded("pages", plan | {"seconds": short, "pause": 0.0})
        different = len(set().union(*pages.values()))
        return {"calm": calm, "rush": rush, "processor": used, "different": different}

    @staticmethod
    def _user(person: str, session: str, desks: Sequence[str], port: int) -> dict[str, Any]:
        return {
            "person": person,
            "cookie": f"portcullis-session={session}",
            "desks": list(desks),
            "host": f"localhost:{port}",
        }

    def _loaded(self, what: str, plan: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        path = self._work / "plan.json"
        path.write_text(json.dumps(plan), encoding="utf-8")
        return measure([sys.executable, "-m", "benchmarks.office.load", what, str(path)]).answer

    def _command(self, *words: object) -> list[str]:
        return [sys.executable, "-m", "benchmarks.office.home", *map(str, words)]

    def _child(self, *words: object) -> Any:  # noqa: ANN401 - JSON
        said = measure(self._command(*words), self._env)
        return said.answer if said.said else None

    def _verb(self, *words: str) -> None:
        measure([".venv/bin/portcullis", *words, "--home", str(self._home), "--json"], self._env)


def _counted(
    sent: list[Any], kept: dict[str, Any], seen: dict[str, float], served: float, worked: float
) -> Measurements:
    """Yield the counts, the latencies, and the times to determination."""
    acknowledged = [each for each in sent if 0 < each[2] < _OK]
    stands = {name: kept.get(name, {}) for name, *_ in acknowledged}
    taken = [name for name, each in stands.items() if each.get("state") == "taken"]
    decided = [name for name in taken if stands[name]["decided"]]
    until = [
        seen[stands[name]["batch"]] - at
        for name, _, _, at in acknowledged
        if stands[name].get("decided") and stands[name]["batch"] in seen
    ]
    yield "sent", len(sent), ""
    yield "acknowledged", len(acknowledged), ""
    yield "of those, taken in", len(taken), ""
    yield "of those, determined", len(decided), ""
    yield "acknowledged and lost", len(acknowledged) - len(decided), ""
    ended = max((at for *_, at in acknowledged), default=0.0)
    began = min((at - latency for _, latency, _, at in acknowledged), default=0.0)
    if ended > began:
        yield "acknowledged a second", len(acknowledged) / (ended - began), "requests/s"
    yield from _spread("acknowledgement", [each[1] for each in acknowledged])
    if until:
        yield "to determination, median", _share(until, 0.5), "s"
        yield "to determination, longest", max(until), "s"
    yield "batches made", len({each.get("batch") for each in stands.values()}), ""
    if sent:
        yield "processor time of the office, a request", _MILLI * served / len(sent), "ms"
        yield "processor time of the worker, a request", _MILLI * worked / len(sent), "ms"


def _beside(office: dict[str, Any], floor: dict[str, Any]) -> dict[str, Measurements]:
    """Return the office and the floor, with the ratio of the two."""
    sides = {"Portcullis": list(_side(office)), "bare Django page": list(_side(floor))}
    rates = [next(value for name, value, _ in rows if name == _RATE) for rows in sides.values()]
    if rates[0]:
        sides["Portcullis"].append(("the floor's rate over ours", rates[1] / rates[0], "times"))
    return sides


_RATE = "without pauses: pages a second"


def _side(seen: dict[str, Any]) -> Iterator[tuple[str, float, str]]:
    calm, rush = seen["calm"], seen["rush"]
    yield "different pages", seen["different"], ""
    yield "pages looked at", len(calm["seen"]), ""
    yield "errors", _errors(calm), ""
    yield "pages a second", len(calm["seen"]) / calm["seconds"], "/s"
    yield from _spread("page", [each[1] for each in calm["seen"]])
    if seen["processor"]:
        yield "processor time a page", _MILLI * seen["processor"] / len(calm["seen"]), "ms"
    yield _RATE, len(rush["seen"]) / rush["seconds"], "/s"
    yield "without pauses: errors", _errors(rush), ""
    yield from _spread("without pauses: page", [each[1] for each in rush["seen"]])


def _errors(seen: dict[str, Any]) -> int:
    return sum(not 0 < status < _OK for _, _, status in seen["seen"])


def _spread(what: str, seconds: Sequence[float]) -> Iterator[tuple[str, float, str]]:
    for share in (0.5, 0.95, 0.99):
        if seconds:
            yield f"{what}, p{share * 100:.0f}", _MILLI * _share(seconds, share), "ms"


def _share(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
