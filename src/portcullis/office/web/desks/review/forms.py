"""What a reviewer fills in: a finding by a written rule, or why another's is not confirmed."""

from django import forms

from portcullis.matching import RULES

_LONGEST = 2000
_KEPT = "Kept in the office, encrypted with the batch; never on the ledger."


class FindForm(forms.Form):
    """A finding: that the address in the request is an address of record, by a written rule."""

    number = forms.IntegerField(
        label="Address of record", min_value=1, help_text="The number it has on this page."
    )
    rule = forms.ChoiceField(
        label="Rule", choices=[("", "Choose a rule"), *((each, each) for each in RULES)]
    )
    reason = forms.CharField(
        label="What you saw, in words",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_KEPT,
    )


class RefuseForm(forms.Form):
    """Why a finding of another reviewer is not confirmed."""

    reason = forms.CharField(
        label="Why you do not confirm it",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_KEPT,
    )
