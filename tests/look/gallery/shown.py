"""What the gallery's pages show: invented facts in every part's shape."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator

from portcullis.office.web import charts
from portcullis.office.web.forms import DateInput
from portcullis.office.web.parts import Cell, Column, table

ROOT = "c0ffee5a" * 8


class Decision(forms.Form):
    reason = forms.CharField(
        label="Reason", help_text="In your own words. The second reviewer reads it.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    found = forms.ChoiceField(
        label="What did you find?",
        choices=[
            ("address", "The requested address is an address of record"),
            ("none", "It is not an address of record"),
            ("unsure", "It cannot be told"),
        ],
        widget=forms.RadioSelect,
    )
    flags = forms.MultipleChoiceField(
        label="What did you look at?", required=False,
        choices=[("returns", "Returns"), ("notices", "Notices"), ("usps", "Postal records")],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    on = forms.DateField(label="Date of the source", widget=DateInput)
    rule = forms.ChoiceField(
        label="Rule", choices=[("", "Choose one"), ("4b", "4(b): unit and building")]
    )
    file = forms.FileField(label="Source document", required=False, help_text="PDF, up to 10 MB.")
    seen = forms.BooleanField(label="I looked at all addresses of record of this taxpayer.")


class Filters(forms.Form):
    batch = forms.CharField(label="Batch", required=False)
    cause = forms.ChoiceField(
        label="Referred because", required=False,
        choices=[("", "Any cause"), ("name", "The name is near"), ("address", "Address is near")],
    )  # fmt: skip
    before = forms.DateField(label="Waiting since before", required=False, widget=DateInput)


def office(**more: Any) -> dict[str, Any]:
    names = ["Disclosure specialist", "Review of near misses", "Impairment official", "Sampler",
             "Approving official"]  # fmt: skip
    facts = {
        "role": "holder",
        "home_name": "Memorandum of understanding of 7 April 2025, Treasury and Homeland Security",
        "demo": True,
        "today": date(2025, 6, 21),
        "person": {
            "id": "mlopez",
            "name": "Maria Lopez-Fernandez",
            "roles": ["specialist", "reviewer", "approver"],
        },
        "desks": [
            {"url": f"/{at}/", "name": name, "current": at == 1, "count": (0, 12, 3, 0, 1)[at]}
            for at, name in enumerate(names)
        ],
    }
    return facts | more


def queue() -> Any:
    rows = [
        (
            Cell(f"R-{41_200 + at}", url=f"/review/{at}/"),
            "2025-06-10",
            Cell("Second reviewer", tag="busy") if at % 3 == 0 else Cell("Waiting", tag="plain"),
            ["The name is near", "The address is near", "Two candidates"][at % 3],
            12_400 - 310 * at,
            at + 1,
        )
        for at in range(8)
    ]
    columns = ["Request", "Received", "State", "Referred because", "Weight",
               Column("Days", numeric=True, hint="since referred")]  # fmt: skip
    return table("Requests that wait for a person", columns, rows)


def dashboard() -> dict[str, Any]:
    days = [date(2025, 6, 1) + timedelta(days=3 * at) for at in range(7)]
    return {
        "charts": [
            charts.funnel(
                "Batch 2025-06-10-ICE-0001, on its way",
                [
                    charts.Amount("Received", 1_284_112),
                    charts.Amount("Not returned on its face", 847_003),
                    charts.Amount("Found: one taxpayer", 61_220, url="/found/"),
                    charts.Amount("Eligible", 4_114),
                    charts.Amount("Approved", 4_100, "good"),
                    charts.Amount("Held by an order", 1, "warn"),
                ],
                says="What is left after each room. Nothing leaves that is not approved.",
            ),
            charts.ageing(
                "How long referred requests have waited",
                {0: 4, 1: 9, 3: 30, 7: 22, 12: 5, 40: 2},
                due=10,
            ),
            charts.over_time(
                "What reviewers found",
                [
                    (
                        day,
                        {
                            "confirmed": 60 + at * 4.5,
                            "sent back": 8 - at,
                            "cannot be told": None if at == 3 else 20.0 + at % 3,
                        },
                    )
                    for at, day in enumerate(days)
                ],
                unit=" %",
                says="Of the requests decided in each three days.",
            ),
            charts.outcomes(
                "Answers of this batch",
                [
                    charts.Amount("Disclosed", 4_099, "good"),
                    charts.Amount("Returned", 437_109, "warn"),
                    charts.Amount("No disclosure", 842_904),
                ],
            ),
            charts.outcomes("Alarms", []),
        ]
    }


def context(name: str) -> dict[str, Any]:
    shared: dict[str, Any] = {"office": office(), "csrf_token": "t" * 64}
    makers = {
        "desk": _desk,
        "work": _work,
        "form": _form,
        "sign": _sign,
        "dashboard": dashboard,
        "account/login": lambda: _signing_in() | {"form": Login()},
        "mfa/index": lambda: _signing_in() | {"authenticators": {"totp": True, "webauthn": [1, 2]}},
        "mfa/webauthn/add_form": lambda: _signing_in() | {"form": Key()},
        "progress": lambda: {
            "name": "Adjudication of batch 1",
            "state": "done",
            "done": 1_284_112,
            "of": 1_284_112,
            "after": "/batches/1/",
        },
        "signed_out": lambda: {"office": {"role": "requester", "home_name": "", "demo": False}},
        "empty": lambda: {"office": office(demo=False, desks=[], alarms=[])},
    }
    return shared | makers[name]() if name in makers else shared | _signing_in()


def _desk() -> dict[str, Any]:
    alarms = [{"text": "Order 2:25-cv-00123 stands: nothing may be released in its scope.",
               "url": "/counsel/"}]  # fmt: skip
    return {
        "office": office(alarms=alarms),
        "messages": [Message(constants.SUCCESS, "Sent to the second reviewer.")],
        "stats": [
            {"label": "wait for you", "value": "12", "url": "/review/", "note": "oldest: 9 days"},
            {"label": "confirmed this month", "value": "148", "kind": "good"},
            {"label": "sent back", "value": "3", "kind": "warn", "note": "of 151 decided"},
            {"label": "past the answer time", "value": "0", "kind": "bad"},
        ],
        "queue": queue(),
        "filters": Filters({"cause": "name"}),
        "page": Paginator(range(1_284), 100).page(3),
        "facts": [
            ("Batch", Cell("2025-06-10-ICE-0001", url="/batches/1/")),
            ("Requests", "1,284,112"),
            ("Root of the list", Cell(ROOT, mono=True)),
            ("State", Cell("Determined", tag="good")),
        ],
    }


def _work() -> dict[str, Any]:
    return {
        "steps": ["Received", "Screened", "Matched", "Determined", "Sampled", "Approved"],
        "working": {"url": "/progress.html", "name": "Adjudication of batch 1", "state": "working",
                    "step": "Matching by name and address", "done": 812_000, "of": 1_284_112,
                    "cancel": "/stop"},
        "stacked": table(
            "Packages of this batch", ["Package", "Officer", "State", "Requests"],
            [(Cell(f"P-{at}", url=f"/p/{at}"), f"Officer {at}", Cell("Delivered", tag="good"),
              at * 100) for at in range(1, 4)], stacked=True),
    }  # fmt: skip


def _form() -> dict[str, Any]:
    form = Decision({"reason": "", "on": "2025-02-30", "found": "address"})
    form.is_valid()
    return {"form": form, "clean": Decision(prefix="clean")}


def _sign() -> dict[str, Any]:
    return {
        "title": "Approve the list",
        "says": "You approve that these requests are answered with the last known address.",
        "facts": [
            ("Act", "approve"), ("Signed by", "mlopez"), ("At (UTC)", "2025-06-21T09:30:00Z"),
            ("Batch", "2025-06-10-ICE-0001"), ("Root of the list", ROOT),
            ("Sampled", "300 of 812,441"), ("Bound on what is unlawful", "below 1 in 100"),
        ],
        "statement": {"act": "approve"}, "digest": ROOT[::-1], "kind": "passkey",
        "credentials": ["abc"], "thumbprint": "xyz", "back": "/", "number": 1, "error": None,
    }  # fmt: skip


class Login(forms.Form):
    login = forms.CharField(label="Username")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)


class Code(forms.Form):
    code = forms.CharField(label="Code", widget=forms.TextInput(attrs={"inputmode": "numeric"}))


class Key(forms.Form):
    name = forms.CharField(label="Name")
    passwordless = forms.BooleanField(label="It can be used without a password", required=False)
    credential = forms.CharField(widget=forms.HiddenInput)


class Held:
    """A key as allauth lists it."""

    def __init__(self, pk: int, passkey: bool, made: date, used: datetime | None) -> None:
        self.pk, self.created_at, self.last_used_at = pk, made, used
        self.wrap = {"is_passwordless": passkey}

    def __str__(self) -> str:
        return f"Key {self.pk} on my desk"


class Credential(forms.Form):
    credential = forms.CharField(widget=forms.HiddenInput)


def _signing_in() -> dict[str, Any]:
    """What allauth's pages ask for, all together."""
    qr = "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>"
    keys = [Held(1, True, date(2025, 6, 1), None),
            Held(2, False, date(2025, 6, 2), datetime(2025, 6, 20, tzinfo=UTC))]  # fmt: skip
    code = Code()
    code.secret = "JBSWY3DPEHPK3PXP" * 2
    return {
        "office": office(person=None, desks=[]),
        "form": code,
        "webauthn_form": Credential(),
        "js_data": {"request_options": {}, "creation_options": {}},
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "PASSKEY_LOGIN_ENABLED": True,
        "authenticators": keys,
        "totp_svg_data_uri": qr,
        "unused_codes": [f"{at}2345678" for at in range(1, 7)],
        "total_count": 10,
        "can_view_codes": True,
        "can_download_codes": True,
        "can_generate_codes": True,
        "reauthentication_alternatives": [{"url": "/k/", "description": "Use a security key"}],
    }
