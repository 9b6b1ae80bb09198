"""The person concerned: their identity proven, and the accounting given to them as a letter."""

import secrets

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import individuals
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import File, Head, Part
from portcullis.office.web.parts import Table, table
from portcullis.oversight import reports
from portcullis.oversight.reports import Document

PROVEN, GIVEN = individuals.PROVEN, individuals.GIVEN
_LANGUAGES = {"en": "English", "es": "Español"}
_UP = "A person’s accounting"
_SALT_BYTES = 16


class TaxpayerForm(pages.Form):
    """Whose accounting: the taxpayer, as the holder's records know them."""

    taxpayer = forms.CharField(
        label="Taxpayer",
        max_length=80,
        help_text="By the id that the holder’s records have; no name, no TIN. It is kept nowhere: "
        "the ledger gets a keyed digest.",
    )


class ProofForm(TaxpayerForm):
    """How the person who asks was proven to be the taxpayer."""

    how = forms.ChoiceField(
        label="Their identity was proven",
        choices=[(how, words[:1].upper() + words[1:]) for how, words in individuals.HOW.items()],
        widget=forms.RadioSelect,
    )


class LetterForm(TaxpayerForm):
    """In which language the letter is."""

    language = forms.ChoiceField(
        label="Language", choices=[(each, _LANGUAGES[each]) for each in reports.LANGUAGES]
    )


@at_desk("specialist")
def concerned(request: HttpRequest) -> HttpResponse:
    """Say what a letter takes, and whether the accounting may be told of today."""
    newest = individuals.attested()
    facts = [
        (
            "The accounting was counted again",
            batches.day(batches.entry_day(newest)) if newest else "Not since the last disclosure",
        ),
        ("A proof of identity is good for", f"{individuals.PROOF_DAYS} days"),
    ]
    head = Head(
        "specialist",
        _UP,
        "Whoever asks what was disclosed about them gets a letter, once their identity is proven. "
        "It tells of the disclosures of which counsel has determined that the law lets them be "
        "told.",
        actions=[
            (reverse("specialist:prove"), "Record a proof of identity"),
            (reverse("specialist:letter"), "Write the letter"),
        ],
    )
    remedy = "" if newest else "No letter is written until an inspector has counted it again."
    return pages.page(request, head, [Part(text=remedy, facts=facts)])


@at_desk("specialist")
def prove(request: HttpRequest) -> HttpResponse:
    """Record that a person's identity was proven."""
    head = Head(
        "specialist",
        "Record a proof of identity",
        "That you have proven who asks, and how. With it a letter can be written for "
        f"{individuals.PROOF_DAYS} days.",
        [_up()],
    )
    form = ProofForm(request.POST or None)
    fixed = {"salt": secrets.token_hex(_SALT_BYTES)}
    return pages.ask(request, head, form, PROVEN, fixed)


@at_desk("specialist")
def letter(request: HttpRequest) -> HttpResponse:
    """Write the letter to a person whose identity was proven."""
    head = Head(
        "specialist",
        "Write the letter",
        "It is shown once, for you to hand over. The ledger gets that a letter was given; not to "
        "whom, nor what is in it.",
        [_up()],
    )
    return pages.ask(request, head, LetterForm(request.POST or None), GIVEN)


def _up() -> tuple[str, str]:
    return reverse("specialist:concerned"), _UP


def _prove(deployment: Deployment, actor: Actor, data: Data) -> Done:
    taxpayer, how, salt = data["taxpayer"], data["how"], data["salt"]
    individuals.prove_identity(deployment.holder, actor, taxpayer, how, salt)
    return Done(reverse("specialist:concerned"), "The proof of identity is on record.")


def _give(deployment: Deployment, actor: Actor, data: Data) -> Done:
    written = individuals.account(deployment.holder, actor, data["taxpayer"], data["language"])

    def show(request: HttpRequest) -> HttpResponse:
        head = Head(
            "specialist",
            "The letter is written",
            "This page is shown once. Save the letter and hand it over; the office keeps none.",
            [_up()],
        )
        return pages.page(request, head, [_files(written), *_read(written)])

    return Done(reverse("specialist:concerned"), "The letter was written.", show)


def _files(written: Document) -> Part:
    return Part(
        files=[
            File("letter.pdf", reports.pdf(written)),
            File("letter.txt", written.text.encode()),
        ]
    )


def _read(written: Document) -> list[Part]:
    """Return the letter's words, to be read before it is handed over."""
    lang = written.language
    sections = (
        Part(
            each.title,
            paragraphs=[[words] for words in each.paragraphs],
            table=_listed(each.tables[0]) if each.tables else None,
            lang=lang,
        )
        for each in written.sections
    )
    return [Part(written.title, facts=written.about, lang=lang), *sections]


def _listed(rows: reports.Table) -> Table:
    return table(rows.title, [words for _, words in rows.columns], rows.rows, stacked=True)


register(WebAct(PROVEN, PROVEN, "Record a proof of identity", _prove, browser_only=True))
register(WebAct(GIVEN, GIVEN, "Write a person’s letter", _give, browser_only=True))
