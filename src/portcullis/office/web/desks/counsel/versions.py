"""Keeping another version of the agreement beside the one in use, to judge the past under it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.agreements import PackErrors, load_pack
from portcullis.errors import Misuse
from portcullis.office import versions
from portcullis.office.people import Actor
from portcullis.office.web import agreements, documents, pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.forms import FilesField, FilesInput
from portcullis.office.web.pages import Head
from portcullis.office.web.visitors import visitor_of

ACT = "agreement-add"


class AddForm(pages.Form):
    """The files of a version, all of them."""

    pack = FilesField(
        label="The files of the version",
        widget=FilesInput(attrs={"accept": ".toml", "multiple": True}),
        help_text="All the TOML files of its pack at once: agreement.toml and the others.",
    )

    def clean_pack(self) -> dict[str, str]:
        """Return the files' texts by their names; raise ValidationError for all that is wrong."""
        texts = {str(sent.name): documents.text_of(sent) for sent in self.cleaned_data["pack"]}
        try:
            with _folder(texts) as folder:
                load_pack(folder)
        except PackErrors as errors:
            raise forms.ValidationError([str(each) for each in errors.problems]) from None
        except Misuse as error:
            raise forms.ValidationError(str(error)) from None
        return texts


@at_desk("counsel")
def shown(request: HttpRequest) -> HttpResponse:
    """Show the agreement in use in words, and its other versions."""
    visitor = visitor_of(request)
    head = Head(
        "counsel",
        agreements.TITLE,
        agreements.lede(visitor),
        actions=[(reverse("counsel:add-version"), "Keep another version")],
    )
    return pages.page(request, head, agreements.parts(visitor))


@at_desk("counsel")
def add(request: HttpRequest) -> HttpResponse:
    """Keep another version."""
    head = Head(
        "counsel",
        "Keep another version",
        "It is not put in use: the past can be judged again under it, and nothing else follows it.",
        [(reverse("counsel:agreement"), agreements.TITLE)],
    )
    return pages.ask(request, head, AddForm(request.POST or None, request.FILES or None), ACT)


@contextmanager
def _folder(texts: Mapping[str, str]) -> Iterator[Path]:
    """Yield a folder that holds ``texts``. Raises Misuse where a name is none of a pack's."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        for name, text in texts.items():
            if Path(name).name != name or Path(name).suffix != ".toml":
                raise Misuse("A pack has TOML files only.", "Send its .toml files and no others.")
            (folder / name).write_text(text, encoding="utf-8")
        yield folder


def _add(deployment: Deployment, actor: Actor, data: Data) -> Done:
    with _folder(data["pack"]) as folder:
        added = versions.add_version(deployment.holder, actor, folder)
    return Done(reverse("counsel:agreement"), f"Version {added.version} is kept.")


register(WebAct(ACT, ACT, "Keep another version of the agreement", _add, takes=says.Version))
