"""The law over one request, in plain Python: a check on the gateway by comparison.

Written from the statutes, in their order, with no code shared with the gateway. A request is a
dict of facts: the text of its fields (absent: None), who signed, its normal-form flags, its
measures, what the records answered, how the gate stands, what the officials did. A fact nobody
knows is None, and what rests on it is not met. ``Terms`` are what the agreement and the readings
settle. ``judge`` returns 0 (not met), 1 (met) or 2 (for a person) for each element.
"""

from dataclasses import dataclass
from datetime import date

from tests.oracle.texts import (
    cite,
    civil_only,
    day,
    ground_of_removal,
    names_officers,
    nine_digits,
    nontax_criminal_statute,
    number_of_a_case,
    same_citation,
    says_something,
    speaks_of,
    years,
)

NO, YES, PERSON = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a request is judged under, beside the law: the day, the agreement, the readings."""

    as_of: date
    statutes: tuple[str, ...]
    items: tuple[str, ...]
    taxable_years_back: int
    status_age_days: int
    max_periods: int
    officer_load: int
    identical_reasons: int
    shared_address: int
    batch_volume: int
    readings: frozenset[str] = frozenset()
    accept_delegation: bool = False
    tightened: frozenset[str] = frozenset()

    @property
    def waived(self):
        """Layers nobody asks for on a request's face: "an agency with a name and an address" and
        a valid written request "must be answered", whatever else stands beside (B).
        """
        valid_suffices = "valid-request-suffices" in self.readings
        return {"predicate", "agreement", "policy"} if valid_suffices else set()


def yes(condition):
    return YES if condition else NO


# --- 26 U.S.C. § 6103(i)(2) -----------------------------------------------------------------------

HEADS = {"agency-head", "inspector-general"}
MATTERS = {"proceeding-preparation", "investigation", "grand-jury"}


def paragraph_i_2_a(facts, terms):
    """(A) "upon receipt by the Secretary of a request ... from the head of any Federal agency or
    the Inspector General thereof ... shall disclose ... to officers and employees of such agency
    who are personally and directly engaged in (i) preparation ... (ii) any investigation ...
    (iii) any grand jury proceeding ... solely for the use of such officers and employees".
    """
    opened = day(facts["investigation_opened_on"])
    return {
        "right-paragraph": yes(another_paragraph(facts) is None),
        "requested-by-head": yes(from_the_head(facts["signed_by"], terms)),
        "officers-named": yes(officers_of_such_agency(facts, terms)),
        "officers-engaged": yes(personally_engaged(facts, terms)),
        "sole-use": yes(facts["sole_use"] is True),
        "investigation-stage": yes(facts["investigation_stage"] in MATTERS),
        "investigation-identified": yes(number_of_a_case(facts["investigation_id"])),
        "investigation-unique": of_one_person_alone(facts),
        "investigation-opened": yes(opened is not None and opened <= terms.as_of),
    }


def from_the_head(signed_by, terms):
    """The head or the Inspector General: (2)(A) has no "(or his delegate)", as (7)(A)(iii) has."""
    if signed_by == "delegated":
        accepted = terms.accept_delegation and "agency-head-only" not in terms.readings
        return accepted or "delegate-may-sign" in terms.readings
    return signed_by in HEADS


def officers_of_such_agency(facts, terms):
    """The agency is the department, unless a reading makes it the component (5 U.S.C. 551(1))."""
    theirs = names_officers(facts["officers"]) and facts["officers_employed"] is True
    if "agency-is-the-component" in terms.readings:
        return theirs and facts["officers_same_agency"] is True
    return theirs


def personally_engaged(facts, terms):
    """One officer cannot be engaged in every case of a mass request, where so read."""
    if "one-officer-cannot-be-engaged-in-all" in terms.readings:
        return facts["engaged"] is True and facts["m_officer_in_all"] is False
    return facts["engaged"] is True


def of_one_person_alone(facts):
    """An investigation is of the one person; a request that cites an earlier one is looked at."""
    others = facts["m_duplicate_investigation"]
    if others is None:
        return NO
    if others == 0:
        return YES
    return PERSON if facts["m_repeat_cited"] is True else NO


def another_paragraph(facts):
    """Name the paragraph that what is asked for points to, or None.

    (1) opens returns; (5) is for a "fugitive from justice"; (7)(C) for a "terrorist incident,
    threat, or activity"; (3)(B)(i) for "imminent danger of death or physical injury".
    """
    items, reason, offence = facts["items"], facts["reason"], cite(facts["statute"])
    if items is not None and any(word in items.lower() for word in OF_A_RETURN):
        return "(i)(1)"
    section = offence[1] if offence and offence[0] == "18" else ""
    if section in {"1073", "3146"} or speaks_of(reason, "fugitive"):
        return "(i)(5)"
    if section in TERRORISM_OFFENCES or speaks_of(reason, "terrorism"):
        return "(i)(7)(C)"
    return "(i)(3)(B)" if speaks_of(reason, "danger") else None


OF_A_RETURN = ("return", "income", "wage", "depend", "employer", "bank", "refund")
# Chapter 113B of title 18 as far as it makes offences: its definitions and civil parts do not,
# 2332c is repealed, 2332e is none. (The Code writes 2332b and 2339B; here each is a capital.)
TERRORISM_OFFENCES = {
    "2332", "2332A", "2332B", "2332D", "2332F", "2332G", "2332H", "2332I",
    "2339", "2339A", "2339B", "2339C", "2339D",
}  # fmt: skip


def paragraph_i_2_b_i(facts, terms):
    """(B) "in writing and sets forth (i) the name and address of the taxpayer with respect to whom
    the requested return information relates".
    """
    return name_and_address(facts, terms)


def name_and_address(facts, terms):
    """Set forth on the face; then of record, of the one taxpayer (*Center for Taxpayer Rights*)."""
    if "address-on-its-face" in terms.readings:
        stated = five_digits_in_a_row(facts)
    else:
        stated = facts["a_absent"] is False
    return {
        "name-of-taxpayer": yes(facts["n_absent"] is False),
        "address-of-taxpayer": yes(stated),
        "one-taxpayer": yes(one_taxpayer(facts)),
        "name-agrees": name_agrees(facts),
        "address-of-record": address_of_record(facts, terms),
    }


def five_digits_in_a_row(facts):
    """The script of 2025: any five digits in a row, in any line, were an address."""
    run = 0
    for part in ("address_line1", "address_line2", "city", "state", "zip"):
        for sign in facts[part] or "":
            run = run + 1 if sign in "0123456789" else 0
            if run == 5:
                return True
        run = 0
    return False


def one_taxpayer(facts):
    """A TIN in the records governs. Else name and address must single out one taxpayer there."""
    holders, agreeing = facts["tin_candidates"], facts["tin_agreeing"]
    if holders is None:
        return False
    if holders > 0:
        single = agreeing == 1 or (agreeing == 0 and holders == 1)
        # What was never compared might have agreed.
        matched = facts["tin_name"] in {"same", "reordered", None}
        matched = matched and facts["tin_address"] in {"same", None}
    else:
        there = facts["name_address_candidates"]
        single = (
            there == 1
            and facts["name_address_unique_point"] is True
            and facts["name_address_contradicted"] is False
        )
        matched = facts["name_address_whole"] is not False if there is None or there >= 1 else False
    margin = facts["margin"]
    # A margin over everybody else is asked for wherever there would be a match.
    return single and (not matched if margin is None else margin >= 1)


def name_agrees(facts):
    holders, there = facts["tin_candidates"], facts["name_address_candidates"]
    if holders is None:
        return NO
    if holders == 0:
        if there is None or there == 0:
            return NO
        # Without a number, a middle name left out is not made good by anything.
        return YES if facts["name_address_whole"] is True else PERSON
    if facts["tin_name"] in {"same", "reordered"}:
        return YES
    nearly = {"suffix-missing", "initial", "partial", "nickname", "misplaced", "near"}
    return PERSON if facts["tin_name"] in nearly else NO


def address_of_record(facts, terms):
    holders, there = facts["tin_candidates"], facts["name_address_candidates"]
    found_there = there is not None and there >= 1
    if terms.readings & {"address-on-its-face", "valid-request-suffices"}:
        # Compared with nothing: that anybody was found is enough.
        return yes(found_there or (holders is not None and holders > 0))
    if holders is not None and holders > 0 and facts["tin_address"] == "same":
        return YES
    if holders == 0 and found_there:
        return YES
    return PERSON if facts["near_miss"] is True else NO


def paragraph_i_2_b_ii(facts, terms):
    """(ii) "the taxable period or periods to which such return information relates"."""
    asked = years(facts["taxable_periods"])
    now = terms.as_of.year
    bounded = asked is None or (
        len(asked) <= terms.max_periods and min(asked) >= now - terms.taxable_years_back
    )
    return {
        "taxable-periods": yes(asked is not None and min(asked) >= 1913 and max(asked) <= now),
        "taxable-periods-bounded": yes(bounded),
        "period-requested": yes(period_was_requested(facts, asked)),
    }


def period_was_requested(facts, asked):
    """Where there is no last known address there is none of a period not asked for."""
    if facts["lka_found"] is False:
        return True
    return asked is not None and facts["lka_period"] is not None and facts["lka_period"] in asked


def paragraph_i_2_b_iii(facts, terms):
    """(iii) "the statutory authority under which the proceeding or investigation ... is being
    conducted": (1)(A)(i) "a specifically designated Federal criminal statute (not involving tax
    administration)". Beside it, the agreement takes only the offences it names.
    """
    statute = facts["statute"]
    criminal = nontax_criminal_statute(statute)
    return {
        "statutory-authority": yes(criminal),
        "statute-supported": yes(not criminal or same_citation(statute, terms.statutes)),
    }


def paragraph_i_2_b_iv(facts, _terms):
    """(iv) "the specific reason or reasons why such disclosure is, or may be, relevant to such
    proceeding or investigation".
    """
    return {
        "specific-reason": yes(says_something(facts["reason"], 8)),
        "criminal-purpose": yes(not civil_only(facts["reason"])),
    }


def paragraph_i_2_c(facts, terms):
    """(C) "a taxpayer's identity shall not be treated as taxpayer return information"."""
    return items(facts, terms)


def items(facts, terms):
    return {"items-of-agreement": yes(facts["items"] == ";".join(terms.items))}


# --- the rest of § 6103 ---------------------------------------------------------------------------

PROSECUTORS = {
    "attorney-general", "deputy-attorney-general", "associate-attorney-general",
    "assistant-attorney-general", "united-states-attorney", "special-prosecutor",
    "attorney-in-charge",
}  # fmt: skip


JUDGES = {"district-judge", "magistrate-judge"}


def paragraph_i_5(facts, terms):
    """(5)(A) "pursuant to and upon the grant of an ex parte order ... officers and employees of any
    Federal agency exclusively for use in locating such individual". (B) "Any person described in
    paragraph (1)(B) may authorize an application ... (i) a Federal arrest warrant relating to the
    commission of a Federal felony offense has been issued for an individual who is a fugitive from
    justice, (ii) ... exclusively for use in locating such individual, and (iii) ... may be relevant
    in determining the location of such individual".
    """
    granted, issued = day(facts["order_granted_on"]), day(facts["warrant_issued_on"])
    return {
        "ex-parte-order": yes(number_of_a_case(facts["order_docket"])),
        "ex-parte-order-granted": yes(granted is not None and granted <= terms.as_of),
        "ex-parte-order-court": yes(facts["order_granted_by"] in JUDGES),
        "extent-of-order": yes(facts["order_opens_items"] == "yes"),
        "requested-by-prosecutor": yes(facts["signed_by"] in PROSECUTORS),
        "application-authorized": yes(facts["application_authorized_by"] in PROSECUTORS),
        "felony-warrant": yes(number_of_a_case(facts["warrant_number"])),
        "warrant-issued": yes(issued is not None and granted is not None and issued <= granted),
        "warrant-outstanding": yes(facts["warrant_outstanding"] == "yes"),
        "felony-offense": yes(same_citation(facts["statute"], terms.statutes)),
        "fugitive-from-justice": yes(facts["fugitive"] == "yes"),
        "officers-named": yes(officers_stated(facts)),
        "exclusive-use": yes(facts["sole_use"] is True),
        "relevance-to-location": yes(says_something(facts["reason"], 8)),
        **items(facts, terms),
        **name_and_address(facts, terms),
    }


def officers_stated(facts):
    return facts["officers"] is not None and facts["officers_employed"] is True


def paragraph_b_6(facts, _terms):
    """(b)(6) "name ... mailing address, his taxpayer identifying number ..., or a combination"."""
    return {"tin-legible": yes(facts["tin"] is None or nine_digits(facts["tin"]))}


def paragraph_i_6(facts, _terms):
    """(6) "shall not disclose ... if the Secretary determines ... that such disclosure would
    identify a confidential informant or seriously impair a civil or criminal tax investigation".
    """
    return {
        "impairment-recorded": yes(facts["impairment_recorded"] is True),
        "no-impairment": yes(facts["impairment_adverse"] is False),
    }


def paragraph_p_4(facts, _terms):
    """(p)(4) "as a condition for receiving returns or return information"."""
    return {"safeguards-met": yes(facts["standing_met"] is True)}


def regulation_301_6212_2(facts, _terms):
    """It is "the address that appears on the taxpayer's most recently filed and properly processed
    Federal tax return, unless ... clear and concise notification of a different address".
    """
    return {"last-known-address": yes(facts["lka_found"] is True)}


# --- title 8 --------------------------------------------------------------------------------------


def section_1253_a_1(facts, terms):
    """(a)(1) "Any alien against whom a final order of removal is outstanding by reason of being a
    member of any of the classes described in section 1227(a) ..., who (A) willfully fails or
    refuses to depart ... within a period of 90 days from the date of the final order of removal
    under administrative processes, or if judicial review is had, then from the date of the final
    order of the court".
    """
    order, final = day(facts["order_date"]), day(facts["finality_date"])
    court, released = day(facts["judicial_review_final_on"]), day(facts["custody_released_on"])
    reviewed, ended = facts["judicial_review_had"], facts["judicial_review_final_on"]
    return {
        "order-number": yes(number_of_a_case(facts["order_number"])),
        "order-date": yes(order is not None),
        "dates-in-order": yes(can_be_true(order, final, court, released, terms.as_of)),
        "charge-class": class_of_1227_a(facts["charge"], terms),
        "wilfulness-basis": yes(says_something(facts["wilfulness_basis"], 3)),
        "judicial-review": yes(answered_with_day(reviewed, ended)),
        "ninety-days": yes(ninety_days_from_final_order(final, reviewed, court, terms.as_of)),
        "no-deferred-action": yes(facts["deferred_action"] == "no"),
        "not-departed": yes(facts["departed"] == "no"),
        "not-deceased": yes(facts["deceased"] == "no"),
        "not-citizen": yes(facts["citizen"] == "no"),
    }


def can_be_true(order, final, court, released, today):
    """Nothing known lies in the future, and the order is not after what followed it."""
    known = [each for each in (order, final, court, released) if each is not None]
    followed = [each for each in (final, court) if each is not None]
    return all(each <= today for each in known) and (
        order is None or all(order <= each for each in followed)
    )


def class_of_1227_a(charge, terms):
    ground = ground_of_removal(charge)
    if ground == "1227(a)":
        return YES
    if ground is None:
        return NO
    return YES if "any-ground-of-removal" in terms.readings else PERSON


def ninety_days_from_final_order(final, reviewed, court, today):
    """Day 91 after the later of the two is the first; without every fact there is no clock."""
    if final is None or reviewed not in {"yes", "no"}:
        return False
    if reviewed == "no":
        return (today - final).days > 90
    return court is not None and (today - max(final, court)).days > 90


def answered_with_day(answer, text):
    """Yes, with its day; or no, without any."""
    return (answer == "yes" and day(text) is not None) or (answer == "no" and text is None)


def section_1253_a_2(facts, terms):
    """(2) "not a violation ... to take any proper steps for the purpose of securing cancellation of
    or exemption from such order". A stay applied for excuses nothing (8 CFR 241.6); one in force
    does.
    """
    checked = day(facts["status_checked_on"])
    return {
        "stay-application": yes(facts["stay_applied_for"] in {"yes", "no"}),
        "no-stay-in-force": yes(facts["stay_in_force"] == "no"),
        "no-review-pending": yes(facts["review_pending"] == "no"),
        "not-reopened": yes(facts["reopened"] == "no"),
        "status-fresh": yes(
            checked is not None and 0 <= (terms.as_of - checked).days <= terms.status_age_days
        ),
    }


def section_1231(facts, terms):
    """(a)(1)(B) "begins on the latest of ... (iii) If the alien is detained or confined (except
    under an immigration process), the date the alien is released". (C) "shall be extended beyond a
    period of 90 days". (a)(3) supervision; (b)(3) restriction on removal.
    """
    held, text = facts["nonimmigration_custody_had"], facts["custody_released_on"]
    extended = facts["removal_period_extended"]
    return {
        "nonimmigration-custody": yes(answered_with_day(held, text)),
        "removal-period-run": yes(period_run_since_release(held, day(text), terms.as_of)),
        "removal-period-extension": {"no": YES, "yes": PERSON}.get(extended, NO),
        "not-under-supervision": yes(facts["supervision_compliant"] == "no"),
        "no-protection": yes(facts["protection_granted"] == "no"),
        "removal-practicable": yes(facts["removal_impracticable"] == "no"),
    }


def period_run_since_release(held, released, today):
    if held == "yes":
        return released is not None and (today - released).days > 90
    return held == "no"


FINAL_UPON = {
    "appeal-dismissed", "appeal-waived", "appeal-time-expired", "certified-decision",
    "in-absentia", "voluntary-departure-overstay",
}  # fmt: skip


def regulation_1241_1(facts, _terms):
    """An order "shall become final: (a) Upon dismissal of an appeal ... (b) Upon waiver ... (c)
    Upon expiration of the time ... (d) If certified ... (e) ... in the alien's absence ... (f) ...
    upon overstay".
    """
    return {"finality-event": yes(facts["finality_event"] in FINAL_UPON)}


# --- the memorandum of 2017 -----------------------------------------------------------------------

GROUNDS = {
    "failed-reporting-restrictions", "absconded", "escaped-detention", "exceeded-time-limit",
    "leave-by-deception",
}  # fmt: skip


def memorandum_2017(facts, terms):
    """As reported: countersigned by a senior officer; an offence under the Immigration Act 1971;
    out of contact; alternatives exhausted; in the public interest.
    """
    contact = day(facts["last_contact_on"])
    return {
        "senior-countersignature": yes(facts["signed_by"] == "senior-countersignatory"),
        "case-identified": yes(number_of_a_case(facts["case_reference"])),
        "offence-suspected": yes(same_citation(facts["statute"], terms.statutes)),
        "ground-of-tracing": yes(facts["ground"] in GROUNDS),
        "out-of-contact": yes(
            contact is not None and (terms.as_of - contact).days > terms.status_age_days
        ),
        "other-means-exhausted": yes(facts["other_means_exhausted"] == "yes"),
        "public-interest": yes(says_something(facts["reason"], 8)),
        "officers-named": yes(officers_stated(facts)),
        "sole-use": yes(facts["sole_use"] is True),
        **items(facts, terms),
        **name_and_address(facts, terms),
        "last-known-address": yes(facts["lka_found"] is True),
    }


# --- the agreement and the policy -----------------------------------------------------------------


def the_agreement(facts, _terms):
    return {"agreement-in-force": yes(facts["agreement_in_force"] is True)}


def the_policy(facts, terms):
    """Nobody asks for a population, guesses at a person, or carries a batch alone."""
    halt = facts["m_batch_halt"]
    expires = facts["approval_expires_on"]
    return {
        "officer-load": up_to(facts["m_officer_load_max"], terms.officer_load),
        "identical-reasons": up_to(facts["m_identical_reasons"], terms.identical_reasons),
        "shared-address": up_to(facts["m_shared_address"], terms.shared_address),
        "repeat-cited": repeat(facts),
        "limits-on-a-batch": {False: YES, True: PERSON}.get(halt, NO),
        "window-volume": up_to(facts["m_window_volume"], terms.batch_volume),
        "no-order-in-scope": yes(facts["order_in_scope"] is False),
        "not-protected": yes(facts["protected"] is False),
        "approved": yes(facts["approved"] is True),
        "approval-in-date": yes(expires is not None and expires >= terms.as_of),
    }


def up_to(count, limit):
    if count is None:
        return NO
    return YES if count <= limit else PERSON


def repeat(facts):
    """A repeat, known or declared, goes to a person if it says what changed, and else back."""
    known, cites, says = facts["m_repeat"], facts["supersedes"], facts["change"]
    cites_it = facts["m_repeat_cited"] is True
    if known == 0 and cites is None and says is None:
        return YES
    declared = known == 0 and cites is not None
    return PERSON if says is not None and (cites_it or declared) else NO


# --- whole requests -------------------------------------------------------------------------------

PROVISIONS = {
    "26 USC 6103(i)(2)(A)": paragraph_i_2_a,
    "26 USC 6103(i)(2)(B)(i)": paragraph_i_2_b_i,
    "26 USC 6103(i)(2)(B)(ii)": paragraph_i_2_b_ii,
    "26 USC 6103(i)(2)(B)(iii)": paragraph_i_2_b_iii,
    "26 USC 6103(i)(2)(B)(iv)": paragraph_i_2_b_iv,
    "26 USC 6103(i)(2)(C)": paragraph_i_2_c,
    "26 USC 6103(i)(5)": paragraph_i_5,
    "26 USC 6103(b)(6)": paragraph_b_6,
    "26 USC 6103(i)(6)": paragraph_i_6,
    "26 USC 6103(p)(4)": paragraph_p_4,
    "26 CFR 301.6212-2": regulation_301_6212_2,
    "8 USC 1253(a)(1)": section_1253_a_1,
    "8 USC 1253(a)(2)": section_1253_a_2,
    "8 USC 1231": section_1231,
    "8 CFR 1241.1": regulation_1241_1,
    "Memorandum NHS Digital-Home Office 2017": memorandum_2017,
    "agreement": the_agreement,
    "policy": the_policy,
}

LAYERS = {
    "26 USC 6103(i)(2)(A)": "statute",
    "26 USC 6103(i)(2)(B)(i)": "statute",
    "26 USC 6103(i)(2)(B)(ii)": "statute",
    "26 USC 6103(i)(2)(B)(iii)": "statute",
    "26 USC 6103(i)(2)(B)(iv)": "statute",
    "26 USC 6103(i)(2)(C)": "agreement",
    "26 USC 6103(i)(5)": "statute",
    "26 USC 6103(b)(6)": "policy",
    "26 USC 6103(i)(6)": "statute",
    "26 USC 6103(p)(4)": "statute",
    "26 CFR 301.6212-2": "statute",
    "8 USC 1253(a)(1)": "predicate",
    "8 USC 1253(a)(2)": "predicate",
    "8 USC 1231": "predicate",
    "8 CFR 1241.1": "predicate",
    "Memorandum NHS Digital-Home Office 2017": "agreement",
    "agreement": "agreement",
    "policy": "policy",
}
"""Whose words a provision speaks. The statute's refuse; the others' return."""

IDENTITY = ("name-of-taxpayer", "address-of-taxpayer", "one-taxpayer", "name-agrees",
            "address-of-record")  # fmt: skip
OTHER_LAYERS = {
    "26 USC 6103(i)(2)(A)": {"right-paragraph": "agreement", "investigation-unique": "policy"},
    "26 USC 6103(i)(2)(B)(ii)": {"taxable-periods-bounded": "policy"},
    "26 USC 6103(i)(2)(B)(iii)": {"statute-supported": "agreement"},
    # Paragraph (5) asks for no name and address: that they are compared is the holder's floor. It
    # says who authorizes an application, not who sends the request; and "has been issued", not that
    # the warrant still stands: both are asked for in the agreement's name.
    "26 USC 6103(i)(5)": {
        "items-of-agreement": "agreement",
        "requested-by-prosecutor": "agreement",
        "warrant-outstanding": "agreement",
        **dict.fromkeys(IDENTITY, "policy"),
    },
}
"""Elements that stand beside a provision and speak another's words."""

BEYOND_THE_FACE = {
    "one-taxpayer", "name-agrees", "address-of-record", "period-requested", "last-known-address",
    "not-protected", "agreement-in-force", "safeguards-met", "no-order-in-scope",
    "impairment-recorded", "no-impairment", "approved", "approval-in-date",
}  # fmt: skip
"""Elements judged by what no request shows: records, standing, officials."""


def layer(provision, element):
    """Return whose words an element of a provision speaks."""
    return OTHER_LAYERS.get(provision, {}).get(element, LAYERS[provision])


def judge(facts, terms, provisions):
    """Return the result of every element of every phase, under ``provisions``, by id."""
    found, waived = {}, terms.waived
    for provision in provisions:
        results = PROVISIONS[provision](facts, terms)
        for each in results if waived else ():
            if each not in BEYOND_THE_FACE and layer(provision, each) in waived:
                results[each] = YES
        found.update(results)
    for each in terms.tightened:
        if found.get(each) == PERSON:
            found[each] = NO
    return found


def outcome(found, layers):
    """Return what becomes of a request by its face: ``found`` and ``layers`` of its elements."""
    face = {each: result for each, result in found.items() if each not in BEYOND_THE_FACE}
    if NO in face.values():
        statute = any(result == NO and layers[each] == "statute" for each, result in face.items())
        return "refused" if statute else "returned"
    return "referred" if PERSON in face.values() else "passed"
