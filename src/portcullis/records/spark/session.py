"""A Spark session: the one that runs already, a cluster's, or one of this machine's own.

The master comes from ``PORTCULLIS_SPARK_MASTER``; without it Spark runs on this machine. Whoever
has configured Spark (``SPARK_CONF_DIR`` or ``SPARK_HOME``) finds that untouched. Otherwise it
listens on the loopback address only, serves no page, and encrypts what it spills.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portcullis.errors import Misuse

if TYPE_CHECKING:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

MASTER = "PORTCULLIS_SPARK_MASTER"
_LOOPBACK = "127.0.0.1"
_WRITERS = 16
_INSTALL = "Install it: `pip install --require-hashes -r requirements/spark.txt`."
_INSTALL_JAVA = "Install Java 17 (Debian: `apt-get install openjdk-17-jre-headless`)."


@contextlib.contextmanager
def spark_session(spill: Path) -> Iterator["SparkSession"]:
    """Give a session with views and settings of its own; stop Spark after it if started for it.

    ``spill``: a folder for what a Spark of this machine's own puts on disk.

    Raises Misuse where Spark or Java is not installed, or Spark does not start.
    """
    with contextlib.ExitStack() as stack:
        yield enter_session(spill, stack)


def enter_session(spill: Path, stack: contextlib.ExitStack) -> "SparkSession":
    """Return what ``spark_session`` gives; ``stack`` ends it."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - only who has Spark needs it
    except ImportError:
        raise Misuse("Apache Spark is not installed here.", _INSTALL) from None
    running = SparkSession.getActiveSession()
    if running is None:
        interrupt = signal.getsignal(signal.SIGINT)
        running = _start(spill)
        stack.callback(_stop, running, interrupt, spill)
    session = running.newSession()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    # A file that is lost or cut must stop a look-up, whatever the site has set: never find nobody.
    for leniency in ("spark.sql.files.ignoreMissingFiles", "spark.sql.files.ignoreCorruptFiles"):
        session.conf.set(leniency, "false")
    # All tables of a block are written side by side, so that none has to be sorted first.
    session.conf.set("spark.sql.maxConcurrentOutputFileWriters", str(_WRITERS))
    return session


def _start(spill: Path) -> "SparkSession":
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    _require_java()
    conf = SparkConf(loadDefaults=False).setAppName("portcullis")
    conf.setMaster(os.environ.get(MASTER, "local[*]"))
    if not ({"SPARK_CONF_DIR", "SPARK_HOME"} & os.environ.keys()):
        spill.mkdir(parents=True, exist_ok=True, mode=0o700)
        conf.setAll(list(_own_settings(spill).items()))
        os.environ.setdefault("SPARK_LOCAL_IP", _LOOPBACK)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return SparkSession(SparkContext(conf=conf, gateway=_gateway(conf)))
    except spark_errors():
        # What Java prints is a page of addresses and stack frames.
        raise Misuse(
            "Apache Spark did not start.",
            f"{_INSTALL_JAVA} With a cluster, check {MASTER} and the cluster's own log.",
        ) from None


def _own_settings(spill: Path) -> dict[str, str]:
    """Return the settings of a Spark that nobody else has configured."""
    return {
        "spark.driver.memory": "2g",
        "spark.driver.bindAddress": _LOOPBACK,
        "spark.driver.host": _LOOPBACK,
        "spark.io.encryption.enabled": "true",
        "spark.local.dir": str(spill),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        "spark.sql.warehouse.dir": str(spill / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


_java: list[Any] = []


def _gateway(conf: "SparkConf") -> Any:  # noqa: ANN401 - py4j ships no types
    """Return this process's one Java, which outlives a session.

    Spark's log goes to standard error, with the rows that a failing task had in hand: nowhere
    then, unless the site's own configuration sends it to a place that may hold them.
    """
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415

    if not _java:
        launch: Any = launch_gateway  # pyspark types all but this
        _java.append(launch(conf, {"stderr": subprocess.DEVNULL}))
    return _java[0]


def _stop(session: "SparkSession", interrupt: Any, spill: Path) -> None:  # noqa: ANN401
    session.stop()
    signal.signal(signal.SIGINT, interrupt)  # Spark had put its own in its place
    shutil.rmtree(spill, ignore_errors=True)


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (Path(home) / "bin" / "java").exists() if home else shutil.which("java") is None:
        raise Misuse("Apache Spark needs Java, and there is none here.", _INSTALL_JAVA)


def spark_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions of Spark: their texts quote rows, and run to pages."""
    from py4j.protocol import Py4JError  # noqa: PLC0415
    from pyspark.errors import PySparkException  # noqa: PLC0415

    return (PySparkException, Py4JError, OSError)
