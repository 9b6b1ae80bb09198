"""One office's processes in a test of background work, and its tasks as its database has them."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.office.world import World
from tests.work.child import GO, REACHED, home_of

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0
FACTS = ("state", "attempts", "step", "said", "remedy", "leased_until", "id")


@dataclass
class Office:
    """The world, its database's address ("" for SQLite in the home), and the processes begun."""

    world: World
    database: str = ""
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def play(self, name: str, *arguments: str) -> Any:
        """Do a play of ``tests.work.plays`` and return what it returns."""
        command = [*self._command("play"), name, *arguments]
        # Standard input stays open as long as the play: at its end an attempt would stop.
        reading, writing = os.pipe()
        try:
            done = subprocess.run(
                command,
                stdin=reading,
                env=self._env(),
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            os.close(reading)
            os.close(writing)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def work(self, step: str = "", *, serving: bool = False) -> subprocess.Popen[str]:
        """Begin a worker; the first attempt that comes to ``step`` stays there.

        ``serving``: the office is served, with the worker beside it.
        """
        process = subprocess.Popen(
            [*self._command("serve" if serving else "work"), *([step] if step else [])],
            env=self._env(),
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
        )
        self.running.append(process)
        return process

    def reached(self) -> int:
        """Wait until an attempt stays at its step, and return its process id."""
        path = self.world.folder / REACHED
        wait_for(lambda: path.exists() and path.read_text() != "")
        return int(path.read_text())

    def go(self) -> None:
        """Let the attempt that stays at its step go on."""
        (self.world.folder / GO).touch()

    def task(self, key: str = "once") -> dict[str, Any]:
        """Return what the database says of a task."""
        said = f"SELECT {', '.join(FACTS)} FROM office_work_task WHERE key = '{key}'"  # noqa: S608
        return dict(zip(FACTS, self._ask(said)[0], strict=True))

    def until(self, *states: str, key: str = "once") -> dict[str, Any]:
        """Wait until the task is in one of the states, and return what the database says of it."""
        wait_for(lambda: self.task(key)["state"] in states, lambda: self.task(key))
        return self.task(key)

    def expire(self, key: str = "once") -> None:
        """Let the lease of the task's attempt have ended."""
        self._set("leased_until = '2020-01-01 00:00:00+00:00'", key)

    def stop_working(self, key: str = "once") -> None:
        """Ask the task to stop, as its page does."""
        self._set("state = 'stopping'", key)

    def count(self, table: str, where: str = "true") -> int:
        """Count the rows of a table."""
        return int(self._ask(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])  # noqa: S608

    def end(self) -> None:
        """End every process begun."""
        for each in self.running:
            if each.poll() is None:
                each.send_signal(signal.SIGTERM)
        for each in self.running:
            try:
                each.wait(20)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
            if each.stdout is not None:
                each.stdout.close()

    def _command(self, what: str) -> list[str]:
        return [sys.executable, "-m", "tests.work.child", str(self.world.folder), what]

    def _env(self) -> dict[str, str]:
        surroundings = {**os.environ}
        surroundings.pop("DJANGO_SETTINGS_MODULE", None)
        surroundings.pop("PORTCULLIS_HOME", None)
        surroundings.pop("DATABASE_URL", None)
        return surroundings | ({"DATABASE_URL": self.database} if self.database else {})

    def _set(self, what: str, key: str) -> None:
        self._ask(f"UPDATE office_work_task SET {what} WHERE key = '{key}'")  # noqa: S608

    def _ask(self, said: str) -> list[tuple[Any, ...]]:
        if self.database:
            with psycopg.connect(self.database) as connection:
                found = connection.execute(said)  # type: ignore[arg-type]
                return found.fetchall() if found.description else []
        connection = sqlite3.connect(home_of(self.world) / "state.sqlite3", timeout=60)
        try:
            with connection:
                return connection.execute(said).fetchall()
        finally:
            connection.close()


def wait_for(met: Callable[[], Any], said: Callable[[], Any] = lambda: None) -> None:
    """Wait until it is met; fail with what is ``said`` then where it never is."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, said()
        time.sleep(0.05)
