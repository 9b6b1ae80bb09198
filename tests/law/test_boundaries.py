"""Each element at its edge: the day, the count, the blank that decide."""

from dataclasses import replace
from datetime import date

import pytest

from portcullis.law import FOR_A_PERSON, MET, NOT_MET
from tests.law.cases import (
    BASIS,
    DAY,
    FUGITIVES,
    MATCHED_BY_NAME,
    TRACING,
    days_before,
    result,
)


class TestNinetyDays:
    @pytest.mark.parametrize(("days", "met"), [(89, 0), (90, 0), (91, 1), (92, 1)])
    def test_day_90_fails_and_day_91_passes(self, days, met):
        assert result("ninety-days", finality_date=days_before(days)) == met

    @pytest.mark.parametrize(
        ("as_of", "met"),
        [
            (date(2024, 3, 30), 0),
            (date(2024, 3, 31), 1),
            (date(2023, 3, 31), 0),
            (date(2023, 4, 1), 1),
        ],
    )
    def test_a_leap_day_is_a_day(self, as_of, met):
        finality = date(as_of.year - 1, 12, 31).isoformat()
        assert result("ninety-days", BASIS.on(as_of), finality_date=finality) == met

    @pytest.mark.parametrize(("days", "met"), [(90, 0), (91, 1)])
    def test_judicial_review_final_later_than_the_order_starts_the_clock(self, days, met):
        changes = {"judicial_review_had": "yes", "judicial_review_final_on": days_before(days)}
        assert result("ninety-days", **changes) == met
        assert result("dates-in-order", **changes) == MET

    @pytest.mark.parametrize(("days", "met"), [(90, 0), (91, 1)])
    def test_release_from_custody_starts_the_clock_of_the_removal_period(self, days, met):
        changes = {"nonimmigration_custody_had": "yes", "custody_released_on": days_before(days)}
        assert result("removal-period-run", **changes) == met
        assert result("ninety-days", **changes) == MET

    @pytest.mark.parametrize(
        "changes",
        [
            {"finality_date": None},
            {"finality_date": "2025-02-29"},
            {"judicial_review_had": None},
            {"judicial_review_had": "yes"},
            {"judicial_review_had": "Yes", "judicial_review_final_on": "2024-12-01"},
        ],
    )
    def test_no_clock_without_every_fact(self, changes):
        assert result("ninety-days", **changes) == NOT_MET

    @pytest.mark.parametrize(
        "changes",
        [
            {"nonimmigration_custody_had": None},
            {"nonimmigration_custody_had": "yes"},
            {"nonimmigration_custody_had": "yes", "custody_released_on": "2020-02-30"},
            {"nonimmigration_custody_had": "Yes", "custody_released_on": "2020-01-01"},
        ],
    )
    def test_no_removal_period_without_every_fact(self, changes):
        assert result("removal-period-run", **changes) == NOT_MET

    def test_a_review_that_was_not_had_moves_no_clock(self):
        changes = {"judicial_review_had": "no", "judicial_review_final_on": days_before(5)}
        assert result("ninety-days", **changes) == MET
        assert result("judicial-review", **changes) == NOT_MET

    def test_an_earlier_court_order_does_not_move_the_clock_back(self):
        changes = {
            "finality_date": days_before(90),
            "judicial_review_had": "yes",
            "judicial_review_final_on": days_before(100),
        }
        assert result("ninety-days", **changes) == NOT_MET

    def test_it_is_judged_again_on_another_day(self):
        held = {"finality_date": days_before(90)}
        assert result("ninety-days", BASIS, **held) == NOT_MET
        assert result("ninety-days", BASIS.on(date(2025, 8, 8)), **held) == MET


class TestDates:
    @pytest.mark.parametrize(("order", "met"), [(DAY, 1), (date(2025, 8, 8), 0)])
    def test_an_order_is_not_dated_after_the_batch(self, order, met):
        changes = {"order_date": order.isoformat(), "finality_date": None}
        assert result("dates-in-order", **changes) == met

    @pytest.mark.parametrize(("days", "met"), [(401, 0), (400, 1), (399, 1)])
    def test_review_becomes_final_on_the_day_of_the_order_or_later(self, days, met):
        changes = {"judicial_review_had": "yes", "judicial_review_final_on": days_before(days)}
        assert result("order-date") == MET
        assert result("dates-in-order", order_date=days_before(400), **changes) == met

    @pytest.mark.parametrize(
        "changes",
        [
            {"order_date": "2026-01-01"},
            {"finality_date": "2025-08-08"},
            {"order_date": days_before(100), "finality_date": days_before(101)},
            {"judicial_review_had": "yes", "judicial_review_final_on": "2025-08-08"},
            {"judicial_review_had": "yes", "judicial_review_final_on": "2001-01-01"},
            {"nonimmigration_custody_had": "yes", "custody_released_on": "2025-08-08"},
        ],
    )
    def test_dates_that_cannot_be_true(self, changes):
        assert result("dates-in-order", **changes) == NOT_MET

    def test_an_order_may_be_final_on_its_own_day(self):
        assert result("dates-in-order", order_date="2024-02-29", finality_date="2024-02-29") == MET

    @pytest.mark.parametrize("text", ["2025-02-29", "2025-7-1", "01/07/2025", "2025-07-01 ", None])
    def test_what_is_no_date_is_not_met(self, text):
        assert result("order-date", order_date=text) == NOT_MET
        assert result("ninety-days", finality_date=text) == NOT_MET

    def test_an_investigation_opens_on_the_day_at_the_latest(self):
        assert result("investigation-opened", investigation_opened_on=DAY.isoformat()) == MET
        assert result("investigation-opened", investigation_opened_on="2025-08-08") == NOT_MET
        assert result("investigation-opened", investigation_opened_on=None) == NOT_MET

    @pytest.mark.parametrize(("days", "met"), [(-1, 0), (0, 1), (30, 1), (31, 0)])
    def test_status_is_as_old_as_the_agreement_allows(self, days, met):
        assert result("status-fresh", status_checked_on=days_before(days)) == met

    def test_a_date_without_its_yes_is_a_contradiction(self):
        assert result("judicial-review", judicial_review_final_on="2024-01-01") == NOT_MET
        assert result("nonimmigration-custody", custody_released_on="2024-01-01") == NOT_MET


STATUS = {
    "stay_in_force": "no-stay-in-force",
    "review_pending": "no-review-pending",
    "supervision_compliant": "not-under-supervision",
    "protection_granted": "no-protection",
    "deferred_action": "no-deferred-action",
    "removal_impracticable": "removal-practicable",
    "reopened": "not-reopened",
    "departed": "not-departed",
    "deceased": "not-deceased",
    "citizen": "not-citizen",
}


class TestStatus:
    @pytest.mark.parametrize(("field", "element_id"), STATUS.items())
    @pytest.mark.parametrize(
        ("answer", "found"), [("no", 1), ("yes", 0), (None, 0), ("No", 0), ("n/a", 0)]
    )
    def test_only_no_passes(self, field, element_id, answer, found):
        assert result(element_id, **{field: answer}) == found

    @pytest.mark.parametrize(
        ("answer", "found"), [("no", 1), ("yes", 1), (None, 0), ("pending", 0)]
    )
    def test_a_stay_applied_for_is_not_a_stay_granted(self, answer, found):
        assert result("stay-application", stay_applied_for=answer) == found
        assert result("no-stay-in-force", stay_applied_for=answer) == MET

    def test_a_stay_granted_closes_whether_or_not_it_was_applied_for(self):
        for answer in ("yes", "no", None):
            changes = {"stay_applied_for": answer, "stay_in_force": "yes"}
            assert result("no-stay-in-force", **changes) == NOT_MET

    @pytest.mark.parametrize(("answer", "found"), [("no", 1), ("yes", 2), (None, 0), ("?", 0)])
    def test_an_extended_removal_period_is_for_a_person(self, answer, found):
        assert result("removal-period-extension", removal_period_extended=answer) == found


class TestSubparagraphB:
    @pytest.mark.parametrize(
        "periods", ["2023;2024", "2023; 2024", "2015", "2025", "2018;2019;2020;2021;2022;2023;2024"]
    )
    def test_taxable_periods_are_years(self, periods):
        assert result("taxable-periods", taxable_periods=periods) == MET
        assert result("taxable-periods-bounded", taxable_periods=periods) == MET

    @pytest.mark.parametrize(
        "periods",
        [None, "all", "20x4", "1066", "2026", "2031", "2021-2024", "2021;;2022", ";", "FY"],
    )
    def test_what_names_no_period(self, periods):
        assert result("taxable-periods", taxable_periods=periods) == NOT_MET

    @pytest.mark.parametrize("periods", ["2014", "2017;2018;2019;2020;2021;2022;2023;2024"])
    def test_periods_are_bounded(self, periods):
        assert result("taxable-periods", taxable_periods=periods) == MET
        assert result("taxable-periods-bounded", taxable_periods=periods) == NOT_MET

    @pytest.mark.parametrize(
        "statute", [None, "8 USC 1231", "8 USC 1231(a)(2)", "8 USC 1226(a)", "8 USC 1357(a)",
                    "8 USC 1253(c)", "8 USC 1227(a)(1)(B)", "26 USC 7201", "5 USC 552a", "crime"]
    )  # fmt: skip
    def test_a_civil_authority_is_none(self, statute):
        assert result("statutory-authority", statute=statute) == NOT_MET

    @pytest.mark.parametrize(
        "statute",
        ["8 USC 1325", "8 USC 1326(a)", "18 USC 1546(a)", "8 USC 1253(a)(1)(D)", "8 USC 1253"],
    )
    def test_another_criminal_statute_is_unsupported(self, statute):
        assert result("statutory-authority", statute=statute) == MET
        assert result("statute-supported", statute=statute) == NOT_MET

    def test_a_citation_may_be_written_out(self):
        for statute in ("8 USC 1253(a)(1)(A)", "8 U.S.C. § 1253(a)(1)(A)"):
            assert result("statutory-authority", statute=statute) == MET
            assert result("statute-supported", statute=statute) == MET

    @pytest.mark.parametrize(
        "reason",
        [
            "Locate for removal",
            "Locate subject for removal.",
            "Needed to locate alien for removal",
            "Removal",
            None,
            "See attached file.",
            "Seven words are not enough for this",
        ],
    )
    def test_a_reason_is_more_than_a_phrase(self, reason):
        assert result("specific-reason", reason=reason) == NOT_MET

    def test_eight_words_may_be_a_reason(self):
        reason = "Eight words can tell why this case matters"
        assert result("specific-reason", reason=reason) == MET

    @pytest.mark.parametrize(
        "reason",
        [
            "Address needed so that ERO officers may locate the alien for removal from the country",
            "The alien has a final order of removal and is to be detained pending removal soon",
            "Civil immigration enforcement operations in the area need the present address of him",
            "Discriminating officers need to locate the subject in order to remove the subject",
        ],
    )
    def test_removal_alone_is_no_purpose(self, reason):
        assert result("criminal-purpose", reason=reason) == NOT_MET
        assert result("specific-reason", reason=reason) == MET

    @pytest.mark.parametrize(
        "reason",
        [
            "The order of removal was served on him; witnesses there can tell that he stayed",
            "Wilful failure to depart after the removal order; he said he would not be removed",
            "Criminal investigation under 8 USC 1253: locating the alien shows presence",
            None,
        ],
    )
    def test_the_order_of_removal_is_not_a_civil_purpose(self, reason):
        assert result("criminal-purpose", reason=reason) == MET


class TestOthers:
    @pytest.mark.parametrize(
        ("charge", "found"),
        [
            ("8 USC 1227(a)(1)(B)", MET),
            ("8 U.S.C. § 1227(a)(2)(A)(iii)", MET),
            ("8 USC 1227(a)(6)(A)", MET),
            ("8 USC 1227(a)(7)(A)", FOR_A_PERSON),
            ("8 USC 1227(a)", FOR_A_PERSON),
            ("8 USC 1182(a)(6)(A)(i)", FOR_A_PERSON),
            ("INA 212(a)(7)", FOR_A_PERSON),
            (None, NOT_MET),
            ("overstay", NOT_MET),
        ],
    )
    def test_the_charge(self, charge, found):
        assert result("charge-class", charge=charge) == found

    @pytest.mark.parametrize(
        ("tin", "found"),
        [(None, 1), ("912-34-5678", 1), ("666123456", 1), ("000-12-3456", 1), ("000000000", 0),
         ("11111111", 0), ("91234567X", 0)],
    )  # fmt: skip
    def test_a_tin_is_nine_digits_and_may_be_left_out(self, tin, found):
        assert result("tin-legible", tin=tin) == found

    @pytest.mark.parametrize(
        "items", [None, "wages", "last_known_address;wages", "Last_Known_Address"]
    )
    def test_only_the_items_of_the_agreement(self, items):
        assert result("items-of-agreement", items=items) == NOT_MET

    @pytest.mark.parametrize(
        "text", [None, "N/A", "unknown", "see case file", "yes", "not provided."]
    )
    def test_wilfulness_is_stated(self, text):
        assert result("wilfulness-basis", wilfulness_basis=text) == NOT_MET

    @pytest.mark.parametrize("event", [None, "final", "Appeal-Waived"])
    def test_an_unknown_event_is_no_finality(self, event):
        assert result("finality-event", finality_event=event) == NOT_MET

    @pytest.mark.parametrize(
        ("element_id", "fact"),
        [
            ("officers-named", "officers_employed"),
            ("officers-engaged", "engaged"),
            ("sole-use", "sole_use"),
        ],
    )
    @pytest.mark.parametrize("value", [None, False])
    def test_attestation_is_never_presumed(self, element_id, fact, value):
        assert result(element_id, **{fact: value}) == NOT_MET

    def test_normal_forms_are_never_presumed(self):
        assert result("name-of-taxpayer", n_absent=None) == NOT_MET
        assert result("address-of-taxpayer", a_absent=None) == NOT_MET


class TestMeasures:
    @pytest.mark.parametrize(
        ("element_id", "measure", "limit"),
        [
            ("officer-load", "m_officer_load_max", 500),
            ("identical-reasons", "m_identical_reasons", 25),
            ("shared-address", "m_shared_address", 12),
            ("window-volume", "m_window_volume", 1_500_000),
        ],
    )
    def test_beyond_the_limit_is_for_a_person(self, element_id, measure, limit):
        assert result(element_id, **{measure: limit}) == MET
        assert result(element_id, **{measure: limit + 1}) == FOR_A_PERSON
        assert result(element_id, **{measure: None}) == NOT_MET

    def test_the_limit_is_the_agreements(self):
        tight = replace(BASIS, thresholds=replace(BASIS.thresholds, officer_load=3))
        assert result("officer-load", tight, m_officer_load_max=4) == FOR_A_PERSON

    @pytest.mark.parametrize(
        ("changes", "found"),
        [
            ({}, MET),
            ({"m_repeat": 1}, NOT_MET),
            ({"m_repeat": 1, "supersedes": "R-1", "change": "new"}, NOT_MET),
            (
                {"m_repeat": 1, "supersedes": "R-1", "change": "new", "m_repeat_cited": True},
                FOR_A_PERSON,
            ),
            ({"supersedes": "R-1", "change": "new"}, FOR_A_PERSON),
            ({"supersedes": "R-1"}, NOT_MET),
            ({"change": "new"}, NOT_MET),
            ({"m_repeat": None}, NOT_MET),
        ],
    )
    def test_a_repeat_never_passes_by_itself(self, changes, found):
        assert result("repeat-cited", **changes) == found

    def test_an_investigation_is_one_persons(self):
        assert result("investigation-unique", m_duplicate_investigation=1) == NOT_MET
        cited = {"m_duplicate_investigation": 1, "m_repeat_cited": True}
        assert result("investigation-unique", **cited) == FOR_A_PERSON
        assert result("investigation-unique", m_duplicate_investigation=None) == NOT_MET

    def test_a_halted_batch_is_for_a_person(self):
        assert result("limits-on-a-batch", m_batch_halt=True) == FOR_A_PERSON
        assert result("limits-on-a-batch", m_batch_halt=None) == NOT_MET


class TestRequester:
    @pytest.mark.parametrize(
        ("signed_by", "found"),
        [("agency-head", 1), ("inspector-general", 1), ("delegated", 0), ("director", 0),
         ("attorney-general", 0), ("", 0), (None, 0)],
    )  # fmt: skip
    def test_the_head_or_the_inspector_general(self, signed_by, found):
        assert result("requested-by-head", signed_by=signed_by) == found

    @pytest.mark.parametrize(
        ("accepted", "readings", "found"),
        [
            (False, (), 0),
            (True, (), 1),
            (True, ("agency-head-only",), 0),
            (False, ("delegate-may-sign",), 1),
        ],
    )
    def test_a_delegate(self, accepted, readings, found):
        basis = replace(BASIS, accept_delegation=accepted, readings=readings)
        assert result("requested-by-head", basis, signed_by="delegated") == found

    def test_which_is_the_agency_decides_whose_officers(self):
        theirs = {"officers_same_agency": False}
        component = replace(BASIS, readings=("agency-is-the-component",))
        assert result("officers-named", BASIS, **theirs) == MET
        assert result("officers-named", component, **theirs) == NOT_MET
        assert result("officers-named", component) == MET

    @pytest.mark.parametrize(("in_all", "found"), [(False, 1), (True, 0), (None, 0)])
    def test_one_officer_in_all_is_not_engaged_where_so_read(self, in_all, found):
        read = replace(BASIS, readings=("one-officer-cannot-be-engaged-in-all",))
        assert result("officers-engaged", read, m_officer_in_all=in_all) == found
        assert result("officers-engaged", BASIS, m_officer_in_all=in_all) == MET


class TestRightParagraph:
    @pytest.mark.parametrize(
        "changes",
        [
            {"statute": "18 USC 1073"},
            {"statute": "18 U.S.C. § 3146(a)(1)"},
            {"statute": "18 USC 2332b"},
            {"statute": "18 USC 2339B"},
            {"statute": "18 USC 2339b(a)"},
            {"items": "last_known_address;wages"},
            {"items": "Tax returns"},
            {"reason": "The subject is a fugitive."},
            {"reason": "In flight to avoid prosecution"},
            {"reason": "Imminent  danger to a child"},
            {"reason": "Danger of physical injury"},
            {"reason": "A case of terrorism"},
        ],
    )
    def test_another_paragraph_is_named(self, changes):
        assert result("right-paragraph", **changes) == NOT_MET

    @pytest.mark.parametrize(
        "changes",
        [
            {"statute": "18 USC 10730"},
            {"statute": "18 USC 2331"},
            {"statute": "18 USC 2332e"},
            {"statute": "18 USC 2333"},
            {"items": "name"},
            {"items": None, "reason": None, "statute": None},
            {"reason": "Refuge in a danger zone; counterterrorism is no part of it"},
        ],
    )
    def test_nothing_points_elsewhere(self, changes):
        assert result("right-paragraph", **changes) == MET

    def test_a_section_with_a_small_letter_is_a_criminal_statute(self):
        assert result("statutory-authority", statute="18 USC 2332b(a)(1)") == MET
        assert result("statute-supported", statute="18 USC 2332b(a)(1)") == NOT_MET


class TestReadings:
    @pytest.mark.parametrize(
        ("line", "zip_code", "face", "strict"),
        [("Don't Care 12345", None, 1, 0), ("Nowhere", "62701", 1, 0), ("1234", "5678", 0, 0)],
    )
    def test_five_digits_were_an_address(self, line, zip_code, face, strict):
        changes = {"address_line1": line, "zip": zip_code, "a_absent": True}
        on_its_face = BASIS.re_examined(["address-on-its-face"])
        assert result("address-of-taxpayer", on_its_face, **changes) == face
        assert result("address-of-taxpayer", BASIS, **changes) == strict

    @pytest.mark.parametrize("reading", ["address-on-its-face", "valid-request-suffices"])
    def test_the_address_was_compared_with_nothing(self, reading):
        loose = BASIS.re_examined([reading])
        assert result("address-of-record", loose, tin_address="different") == MET
        assert result("address-of-record", BASIS, tin_address="different") == NOT_MET
        assert result("address-of-record", loose, **MATCHED_BY_NAME) == MET
        nobody = {"tin_candidates": 0, "name_address_candidates": 0}
        assert result("address-of-record", loose, **nobody) == NOT_MET

    def test_a_valid_request_suffices_whatever_else_is_asked(self):
        loose = BASIS.re_examined(["valid-request-suffices"])
        assert result("ninety-days", loose, finality_date=None) == MET
        assert result("items-of-agreement", loose, items="wages") == MET
        assert result("officer-load", loose, m_officer_load_max=None) == MET
        assert result("specific-reason", loose, reason=None) == NOT_MET
        assert result("not-protected", loose, protected=True) == NOT_MET

    def test_any_ground_of_removal(self):
        loose = BASIS.re_examined(["any-ground-of-removal"])
        assert result("charge-class", loose, charge="8 USC 1182(a)(7)") == MET
        assert result("charge-class", loose, charge="overstay") == NOT_MET

    def test_a_tightened_element_sends_nobody_to_a_person(self):
        tight = replace(BASIS, tightened=("charge-class",))
        assert result("charge-class", tight, charge="8 USC 1182(a)(7)") == NOT_MET
        assert result("charge-class", tight) == MET


class TestFugitives:
    @pytest.mark.parametrize(
        ("element_id", "changes"),
        [
            ("ex-parte-order", {"order_docket": None}),
            ("ex-parte-order", {"order_docket": "0000"}),
            ("ex-parte-order-granted", {"order_granted_on": "2025-08-08"}),
            ("ex-parte-order-granted", {"order_granted_on": None}),
            ("ex-parte-order-court", {"order_granted_by": "immigration-judge"}),
            ("extent-of-order", {"order_opens_items": None}),
            ("warrant-issued", {"warrant_issued_on": None}),
            ("warrant-issued", {"warrant_issued_on": days_before(9)}),
            ("requested-by-prosecutor", {"signed_by": "agency-head"}),
            ("requested-by-prosecutor", {"signed_by": "delegated"}),
            ("application-authorized", {"application_authorized_by": None}),
            ("application-authorized", {"application_authorized_by": "agency-head"}),
            ("felony-warrant", {"warrant_number": "N/A"}),
            ("warrant-outstanding", {"warrant_outstanding": None}),
            ("warrant-outstanding", {"warrant_outstanding": "Yes"}),
            ("felony-offense", {"statute": None}),
            ("felony-offense", {"statute": "8 USC 1253(a)(1)(A)"}),
            ("fugitive-from-justice", {"fugitive": "no"}),
            ("fugitive-from-justice", {"fugitive": None}),
            ("officers-named", {"officers": None}),
            ("exclusive-use", {"sole_use": None}),
            ("relevance-to-location", {"reason": "To locate him"}),
            ("address-of-record", {"tin_address": "different"}),
        ],
    )
    def test_what_paragraph_5_asks_for(self, element_id, changes):
        assert FUGITIVES.result(element_id, **changes) == NOT_MET

    def test_an_order_of_the_day_suffices(self):
        today = DAY.isoformat()
        assert FUGITIVES.result("ex-parte-order-granted", order_granted_on=today) == MET


class TestTracing:
    @pytest.mark.parametrize(
        ("element_id", "changes"),
        [
            ("senior-countersignature", {"signed_by": "agency-head"}),
            ("case-identified", {"case_reference": None}),
            ("offence-suspected", {"statute": "Immigration Act 1971 s 24(1)(a)"}),
            ("ground-of-tracing", {"ground": "overstay"}),
            ("out-of-contact", {"last_contact_on": None}),
            ("out-of-contact", {"last_contact_on": days_before(30)}),
            ("other-means-exhausted", {"other_means_exhausted": "no"}),
            ("public-interest", {"reason": None}),
            ("last-known-address", {"lka_found": False}),
        ],
    )
    def test_what_the_memorandum_asks_for(self, element_id, changes):
        assert TRACING.result(element_id, **changes) == NOT_MET

    def test_whoever_is_in_contact_is_not_traced(self):
        assert TRACING.result("out-of-contact", last_contact_on=days_before(31)) == MET
