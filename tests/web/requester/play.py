"""A requester's batch from a file to its outgoing folder, signed with everybody's key files.

Run in a process of its own: the test's Django is the holder's.
"""

import sys
from pathlib import Path


def main() -> None:
    home_path, keys_path, file, batch = sys.argv[1:]
    from portcullis.office.web import serving

    serving.prepare(Path(home_path), "requester", "http://localhost")
    from portcullis import keys
    from portcullis.office.people import Actor
    from portcullis.office.requesting import checking, drafts, filling, manifests, sending
    from portcullis.office.web.deployment import deployment

    home = deployment().requester

    def hands(person: str) -> Actor:
        key = keys.load_private(Path(keys_path) / f"{person}.pem")
        return Actor(home.roster.person(person), keys.KeySigner(key))

    preparer = hands("preparer")
    draft = drafts.create(home, preparer.person, batch)
    filling.fill(home, draft, preparer.person, Path(file))
    checking.check(home, draft, preparer.person)
    back = checking.rows_that_come_back(home, draft, str(draft.generation))
    if back:
        drafts.take_out(home, draft, preparer.person, lambda: back)
        checking.check(home, draft, preparer.person)
    manifest = manifests.draft_manifest(home, draft, preparer.person, "head")
    manifests.prepare(home, preparer, draft, manifest.digest)
    manifests.sign(home, hands("head"), draft, manifest.digest)
    for officer in manifest.officers:
        if (Path(keys_path) / f"{officer.id}.pem").exists():
            manifests.attest(home, hands(officer.id), draft)
    sending.send(home, preparer, draft)


if __name__ == "__main__":
    main()
