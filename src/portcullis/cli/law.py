"""The law as it is written here: ``law pages``, ``law check``."""

from pathlib import Path

from cyclopts import App

from portcullis.cli.law_check import check
from portcullis.cli.options import JsonOption
from portcullis.cli.output import show
from portcullis.errors import Misuse


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="law", help="The law as it is written here.")
    noun.command(pages)
    noun.command(check)
    app.command(noun)


def pages(folder: Path, *, json: JsonOption = False) -> None:
    """Write the law as pages to read: FOLDER/README.md, and one Markdown file a provision."""
    from portcullis.law.pages import pages as made

    written = made()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in written.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError:
        raise Misuse(f"{folder} cannot be written.", "Name a folder of your own.") from None
    show({"folder": str(folder), "pages": len(written)}, as_json=json)
