"""Running text that mentions an address, and running text that does not."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import examples

from portcullis.addresses import mentions_address

HOLDS = [
    "The file named 123 Main St as the place.",
    "sent to 4500 n. lake shore drive, apt 4b on the day",
    "It was left at 77 Elsewhere Ave.",
    "5 people at 123 Elm Street saw it",
    "P.O. Box 1234 in that town",
    "po box 7",
    "RR 2 Box 15",
    "the household of Springfield, IL 62701",
    "Chicago IL 60601-1234",
    "springfield, illinois 62701",
    "in Springfield Illinois 62701",
    "calle 100 W 45th",
    "General Delivery of that place",
    "1600 Pennsylvania Avenue NW was written there",
    "9\u00a0Record\u00a0Rd",
    "１２３ Main Street",
    "12 St.\nMary's Road",
]
HOLDS_NOT = [
    "",
    "An officer saw 47,289 records on one laptop on 7 August 2025.",
    "In 1.28 million requests 42,695 did not meet 26 U.S.C. 6103.",
    "On 8 June 2026 the court asked the parties at 10 in the morning.",
    "Two external drives and 3 USB drives were lost.",
    "12 records in 47289 were opened; docket 1:25-cv-00457.",
    "The server of the agency, its 2 disks and the 14 tapes of the backup.",
    "Last known address, name of the requesting officer, taxable period.",
    "24 hours after the call by 3 officers the account was shut.",
]


@pytest.mark.parametrize("text", HOLDS)
def test_an_address_in_running_text_is_found(text: str) -> None:
    assert mentions_address(pl.Series([text])).to_list() == [True]


@pytest.mark.parametrize("text", HOLDS_NOT)
def test_what_happened_can_still_be_told(text: str) -> None:
    assert mentions_address(pl.Series([text], dtype=pl.String)).to_list() == [False]


def test_each_text_is_judged_by_itself() -> None:
    texts = pl.Series([*HOLDS, *HOLDS_NOT, None])
    expected = [True] * len(HOLDS) + [False] * (len(HOLDS_NOT) + 1)
    assert mentions_address(texts).to_list() == expected


WORDS = st.lists(
    st.sampled_from(["we", "saw", "it", "there", "and", "then", "nobody", "knew", "why"]),
    max_size=6,
)
WAYS = st.sampled_from(["St", "Street", "AVE", "avenue", "Rd", "Blvd.", "Ln", "Dr", "Court"])
NAMES = st.sampled_from(["Oak", "Elm", "MLK", "Old Mill", "Martin Luther King", "5th"])


@st.composite
def told(draw: st.DrawFn) -> str:
    house = [str(draw(st.integers(1, 99_999))), draw(NAMES), draw(WAYS)]
    return " ".join([*draw(WORDS), *house, *draw(WORDS)])


@settings(max_examples=examples(8), deadline=None)
@given(st.lists(told(), min_size=40, max_size=40))
def test_a_house_on_a_street_is_found_wherever_it_stands(texts: list[str]) -> None:
    found = mentions_address(pl.Series(texts))
    assert not pl.Series(texts).filter(~found).to_list()
