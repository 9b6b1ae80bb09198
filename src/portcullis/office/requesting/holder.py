"""The holder's public keys, as the requester's home keeps them."""

from portcullis.errors import Misuse
from portcullis.office.public import FILE, PublicKeys, read_public
from portcullis.office.requesting.home import RequesterHome


def holder_keys(home: RequesterHome) -> PublicKeys:
    """Return the holder's public keys, kept in the home. Raises Misuse where they are not here."""
    path = home.path / FILE
    if not path.is_file():
        raise Misuse(
            "The holder's public keys are not in this home.",
            "Put the holder's public.json into it, taken by a way you trust.",
        )
    return read_public(path)
