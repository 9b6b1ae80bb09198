"""The administrator's first page: what waits, who has keys and accounts, what is not in order."""

from collections import Counter

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.agreements import Person
from portcullis.office import rosters
from portcullis.office.freshness import ledger_standing
from portcullis.office.web import accounts, batches, charts, denied, pages, reasons, rostering
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head
from portcullis.office.web.visitors import Visitor, visitor_of

_DUE = 2  # days in which a second person decides on a change


@at_desk("administration")
def first(request: HttpRequest) -> HttpResponse:
    """Show the changes that wait, and who lacks what."""
    visitor = visitor_of(request)
    today = visitor.today
    people = [each for each in visitor.deployment.roster.people if each.in_force(today)]
    found = rostering.waiting(visitor)
    ours = [each for each in people if visitor.deployment.member(each.id) is not None]
    named = set(User.objects.values_list("username", flat=True))
    without = sum(each.id not in named for each in ours)
    bare = sum(not any(one.in_force(today) for one in each.passkeys) for each in ours)
    return pages.first(
        request,
        Head(
            "administration",
            "Administrator",
            "You keep the roster with a second person, give accounts, and keep the home in order. "
            "You decide on no request.",
            actions=[
                (reverse("administration:people"), "People"),
                (reverse(accounts.PAGE), "Accounts"),
                (reverse("administration:keys"), "The home’s own keys"),
                (reverse("administration:ledger"), "The ledger’s keys"),
                (reverse("administration:agreement"), "The agreement"),
                (reverse("administration:health"), "Health"),
            ],
        ),
        alarms=_alarms(visitor),
        stats=[
            {
                "label": "changes of the roster wait",
                "value": len(found),
                "kind": "warn" if found else "good",
                "url": reverse("administration:people"),
            },
            {"label": "people in office", "value": f"{len(people):,}"},
            {
                "label": "of this side have no account",
                "value": f"{without:,}",
                "url": reverse(accounts.PAGE),
            },
            {
                "label": "of this side have no passkey",
                "value": f"{bare:,}",
                "kind": "warn" if bare else "good",
                "note": "They sign nothing that binds.",
            },
        ],
        waiting=rostering.listed(visitor, "administration", found),
        charts=[
            charts.ageing(
                "How long changes have waited",
                Counter((today - on).days for _, on in found),
                due=_DUE,
            ),
            _by_role(people),
            denied.by_reason(),
            denied.per_month(today),
        ],
    )


def _alarms(visitor: Visitor) -> list[dict[str, str]]:
    home = visitor.deployment.holder
    alarms = [
        pages.alarm("error", "The gate is closed.", reasons.sentence(each))
        for each in ledger_standing(home).reasons
    ]
    if rosters.on_record() is None:
        alarms.append(
            pages.alarm(
                "info",
                "The ledger has no roster yet.",
                "Adopt it with a second person, on the page “People”.",
            )
        )
    alarms += [
        pages.alarm("warning", f"The account of {batches.person(visitor, each)} is locked.")
        for each in accounts.locked()
    ]
    return alarms


def _by_role(people: list[Person]) -> charts.Bars:
    counts = Counter(role for each in people for role in each.roles)
    amounts = [
        charts.Amount(
            role.replace("-", " ").capitalize(),
            number,
            url=f"{reverse('administration:people')}?role={role}",
        )
        for role, number in counts.most_common()
    ]
    return charts.outcomes("People in office, by role", amounts)
