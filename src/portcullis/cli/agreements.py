"""``portcullis agreement``: check a pack, show it in words, write an empty batch file."""

from pathlib import Path
from typing import Literal

from cyclopts import App

from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    DayOption,
    HomeOption,
    JsonOption,
    KeyOption,
    PackOption,
    actor,
    day_of,
    office,
    pack_folder,
    pack_of,
)
from portcullis.cli.output import say, show
from portcullis.errors import Misuse


def register(app: App) -> None:
    """Add this noun's verbs."""
    agreement = App(name="agreement", help="The agreement pack: check, show, template, add.")
    agreement.command(check)
    agreement.command(show_pack, name="show")
    agreement.command(template)
    agreement.command(add)
    app.command(agreement)


def check(pack: str, *, json: JsonOption = False) -> int:
    """Validate PACK, a folder or a built-in agreement's name.

    Every problem names its file, its key and what to do.
    """
    from portcullis.agreements import PackErrors, load_pack

    try:
        loaded = load_pack(pack_folder(pack))
    except PackErrors as errors:
        problems = [
            {"file": one.file, "key": one.key, "message": one.message, "remedy": one.remedy}
            for one in errors.problems
        ]
        if json:
            show({"valid": False, "problems": problems}, as_json=True)
        else:
            for one in problems:
                say(f"{one['file']}, {one['key']}: {one['message']} {one['remedy']}")
        return 1
    facts = {"valid": True, "id": loaded.id, "version": loaded.version, "digest": loaded.digest}
    show(facts, as_json=json)
    return 0


def show_pack(*, pack: PackOption = None, home: HomeOption = DEFAULT_HOME) -> None:
    """Print the agreement in words, with who signed under what authority."""
    from portcullis.agreements import describe

    say(describe(pack_of(home, pack)))


def add(
    pack: Path,
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Keep another version of the agreement beside the one in use, to judge the past under it."""
    opened = office(home)
    from portcullis.office.versions import add_version

    person = actor(opened, as_, key, "agreement-add")
    added = add_version(opened, person, pack)
    facts = {"id": added.id, "version": added.version, "digest": added.digest}
    show(facts, as_json=json)


def template(
    *,
    format: Literal["csv", "jsonl", "parquet", "xlsx"] = "csv",
    out: Path | None = None,
    on: DayOption = "",
    pack: PackOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write an empty batch file with one complete, valid example row, its dates set for the day."""
    from portcullis.agreements import template_rows

    rows = template_rows(pack_of(home, pack), on=day_of(on))
    if out is None:
        if format not in ("csv", "jsonl"):
            raise Misuse(f"A template in {format} needs a file.", "Name one with --out.")
        say((rows.write_csv() if format == "csv" else rows.write_ndjson()).rstrip("\n"))
        return
    match format:
        case "csv":
            rows.write_csv(out)
        case "jsonl":
            rows.write_ndjson(out)
        case "parquet":
            rows.write_parquet(out)
        case "xlsx":
            rows.write_excel(out)
