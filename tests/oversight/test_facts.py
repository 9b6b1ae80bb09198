from dataclasses import replace

import pytest

from portcullis.oversight import DemoFacts, demo_report


def with_main(facts: DemoFacts, **changes: int) -> DemoFacts:
    return replace(facts, variants=(replace(facts.variants[0], **changes), *facts.variants[1:]))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"received": 1_280_001}, "per-person: received (1,280,001) is not all outcomes"),
        ({"referred": 9_860, "refused": 118_205}, "per-person: refused (118,205) is not the truth"),
        ({"unlawful_released": 1}, "per-person: unlawful released (1) is not the truth table (0)"),
        ({"approved": 3_523}, "per-person: approved (3,523) is more than eligible (3,522)"),
        ({"held": 5}, "per-person: held + released (3,523) is more than approved (3,522)"),
        ({"looked_up": 3_521}, "per-person: eligible (3,522) is more than looked up (3,521)"),
        ({"looked_up": 2_000_000}, "per-person: looked up (2,000,000) is more than received"),
    ],
)
def test_numbers_that_do_not_reconcile_are_not_reported(
    facts: DemoFacts, changes: dict[str, int], sentence: str
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        demo_report(with_main(facts, **changes))
    assert str(caught.value).startswith(sentence)


def test_a_truth_table_that_leaves_requests_out_is_not_reported(facts: DemoFacts) -> None:
    short = replace(facts.variants[0], confusion=facts.variants[0].confusion[1:])
    with pytest.raises(ValueError, match=r"received .* is not the truth table"):
        demo_report(replace(facts, variants=(short,)))


def test_naive_reasons_account_for_every_unlawful_release(facts: DemoFacts) -> None:
    naive = replace(facts.naive, unlawful=facts.naive.unlawful - 1)
    with pytest.raises(ValueError, match="naive: unlawful"):
        demo_report(replace(facts, naive=naive))
