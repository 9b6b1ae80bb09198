"""``portcullis sign-in``: accounts for the office in the browser, given by whoever may."""

from typing import Annotated

from cyclopts import App, Parameter

from portcullis import keys
from portcullis.cli.options import DEFAULT_HOME, AsOption, HomeOption, JsonOption, KeyOption
from portcullis.cli.output import show
from portcullis.cli.serve import DEFAULT_PORT


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="sign-in", help="Accounts for the office in the browser.")
    noun.command(invite)
    app.command(noun)


def invite(
    person: str,
    *,
    as_: AsOption,
    key: KeyOption,
    origin: Annotated[
        str, Parameter(help="The office's address as browsers name it.")
    ] = f"http://localhost:{DEFAULT_PORT}",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Give PERSON an account; prints the link, good once and for three days.

    It is given by two people, a lost one likewise: the first proposes it, the second gets the link.
    At the holder these are administrators and counsel, at the requester custodians
    and signatories.
    """
    from portcullis.office.web import serving

    serving.prepare(home, serving.role_of(home), origin)
    from portcullis.office.web.deployment import deployment
    from portcullis.office.web.signin.invitations import ACTS
    from portcullis.office.web.signin.invitations import invite as run

    here = deployment()
    actor = here.identify(as_, keys.load_private(key), ACTS[here.role])
    link = run(here, actor, person)
    waits = "Proposed. Another who may give accounts does the same, and gets the link."
    show({"person": person, **({"link": link} if link else {"waits": waits})}, as_json=json)
