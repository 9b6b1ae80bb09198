"""The noun ``portcullis ledger``: the verbs of several modules come together here."""

from functools import cache

from cyclopts import App


@cache
def ledger_app() -> App:
    """Return the one App of the noun, to which each module adds its verbs."""
    return App(name="ledger", help="The ledger's keys, its repair, its view.")
