"""Recall: a package that should not have left is closed at once, and its disposal demanded."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from portcullis.errors import Refused
from portcullis.office import entries
from portcullis.office.home import Home
from portcullis.office.models import Package, Recall
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.standing import GateLock

CAUSES = ("unlawful-disclosure", "reading-changed", "order", "incident")


def recall(home: Home, actor: Actor, package_ids: Sequence[str], cause: str) -> list[Recall]:
    """Recall packages: no token is given for them any more.

    The recipient must dispose of them within the pack's number of days; where one was recalled
    before, the day it was then due stands. Raises Refused where one was not delivered.
    """
    check_role(home, actor, "safeguards", "recall")
    if cause not in CAUSES:
        raise Refused(f"There is no cause {cause}.", f"The causes are: {', '.join(CAUSES)}.")
    due = home.today() + timedelta(days=home.pack.safeguards.disposal_days)
    with GateLock(home.gate_lock).exclusive(), transaction.atomic():
        packages = list(Package.objects.filter(id__in=set(package_ids), state="delivered"))
        if len(packages) != len(set(package_ids)):
            raise Refused("Not every package named was delivered.", "Name delivered packages only.")
        fresh = [package for package in packages if not hasattr(package, "recall")]
        if fresh:
            facts = {
                "packages": sorted(package.id for package in fresh),
                "cause": cause,
                "due_on": due.isoformat(),
            }
            act = sign_act(home, actor, "recall", facts)
            for package in fresh:
                Recall.objects.create(package=package, cause=cause, due_on=due, act=act)
        recalls = list(Recall.objects.filter(package__in=packages).order_by("due_on", "package_id"))
    entries.integrate(home)
    return recalls
