"""What the accuracy bench does to numbers and places before it writes them."""

import re

import polars as pl
from benchmarks.accuracy.noise import put_upon
from benchmarks.accuracy.numbers import never_issued, shared
from benchmarks.accuracy.places import placed
from hypothesis import given, settings
from hypothesis import strategies as st

NUMBERS = st.from_regex(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", fullmatch=True)


def moved(*numbers: str | None) -> list[str | None]:
    return (
        pl.DataFrame({"n": list(numbers)}, schema={"n": pl.String})
        .select(never_issued(pl.col("n")))["n"]
        .to_list()
    )


@settings(max_examples=50)
@given(NUMBERS)
def test_no_number_was_ever_issued(number):
    (written,) = moved(number)
    assert re.fullmatch(r"9[0-9]{2}[0-4][0-9]{5}", written)


@settings(max_examples=50)
@given(NUMBERS, st.integers(0, 8), st.sampled_from("0123456789SO|"))
def test_a_slip_in_one_place_stays_in_that_place(number, place, sign):
    digits = number.replace("-", "")
    slipped = digits[:place] + sign + digits[place + 1 :]
    before, after = moved(digits, slipped)
    assert [at for at in range(9) if before[at] != after[at]] in ([], [place])


def test_blanks_and_other_lengths_stay_what_they_are():
    assert moved(None, "821-46-16710", "584-16-013") == [None, "9214616710", "98416013"]


def test_numbers_that_become_one_are_found():
    numbers = pl.Series(["123-45-6789", "223-45-6789", "123-95-6789", "123-45-6780", None])
    assert shared(numbers).to_list() == ["123-45-6789", "123-95-6789", "223-45-6789"]


def test_what_was_done_to_the_stand_in_is_done_to_the_word():
    frame = pl.DataFrame(
        {
            "noised": ["Anytown", None, "Anytovvn", "Anyton", "Qnytown", "Anyttown"],
            "place": ["Fernfield"] * 6,
        }
    )
    assert put_upon(frame, "noised", "Anytown", "place").to_list() == [
        "Fernfield", None, "Fernfvveld", "Fernfeld", "Qernfield", "Ferntfield",
    ]  # fmt: skip


@given(st.text("0123456789Oo", max_size=8))
def test_a_word_like_the_stand_in_becomes_what_noise_made(noised):
    frame = pl.DataFrame({"noised": [noised], "place": ["00000"]})
    assert put_upon(frame, "noised", "00000", "place").to_list() == [noised]


def test_a_home_is_always_in_the_same_place():
    one, again = (
        placed(pl.Series(["1|Oak", "2|Elm"])),
        placed(pl.Series(["2|Elm", "1|Oak", "2|Elm"])),
    )
    assert one.rows() == [again.row(1), again.row(0)]
    assert again.row(0) == again.row(2)
