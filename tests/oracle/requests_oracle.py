"""The elements a request shows on its face, judged one request at a time, in plain Python.

Written from the statutes and the written rules, with no code shared with the gateway: a check by
comparison. ``judge_request`` takes a request as a dict of text (absent: None) with its
normal-form flags and its measures; and the basis as a dict of plain values.
"""

import re
from datetime import date

NO, YES, PERSON = 0, 1, 2

FINAL_EVENTS = {
    "appeal-dismissed", "appeal-waived", "appeal-time-expired", "certified-decision",
    "in-absentia", "voluntary-departure-overstay",
}  # fmt: skip
FILLERS = {
    "na", "n a", "none", "nil", "null", "unknown", "unk", "tba", "tbc", "tbd", "pending", "test",
    "same", "same as above", "same as below", "same as before", "see file", "see case file",
    "see above", "see below", "see record", "see attached", "see attachment", "to be added",
    "to be confirmed", "to be determined", "to be provided", "to be supplied", "not applicable",
    "not available", "not given", "not known", "not provided", "not recorded", "not stated",
    "failed to provide", "information unavailable", "information not available",
    "information to follow", "reason to follow", "basis to follow",
}  # fmt: skip


def judge_request(request, basis):
    """Return the result of every face element by id."""
    as_of = basis["as_of"]
    found = {}
    found.update(paragraph_i_2_a(request, as_of))
    found.update(paragraph_i_2_b(request, as_of))
    found.update(identity(request, basis))
    found.update(section_1253(request, basis))
    found.update(section_1231(request))
    found["finality-event"] = yes(request["finality_event"] in FINAL_EVENTS)
    found["finality-date"] = yes(day(request["finality_date"]) is not None)
    found["statute-supported"] = supported(request["statute"], basis)
    found.update(limits(request, basis))
    return found


def outcome(found, layers):
    """Return the outcome of a request from its findings and the layer of each element."""
    if any(value == NO and layers[name] == "statute" for name, value in found.items()):
        return "refused"
    if NO in found.values():
        return "returned"
    return "referred" if PERSON in found.values() else "passed"


def yes(condition):
    return YES if condition else NO


def day(text):
    """Read YYYY-MM-DD; anything else is no day."""
    if text is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    year, month, number = (int(part) for part in text.split("-"))
    if year < 1000:
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None


def is_number_of_a_case(text):
    return text is not None and len(text) >= 4 and any(sign in "123456789" for sign in text)


def says_something(text, least):
    if text is None:
        return False
    plain = " ".join(re.findall("[0-9a-z]+", re.sub("[A-Z]", lambda m: m[0].lower(), text)))
    return len(re.findall("[A-Za-z][A-Za-z]+", text)) >= least and plain not in FILLERS


def paragraph_i_2_a(request, as_of):
    names = [] if request["officers"] is None else request["officers"].split(";")
    # Blanks may stand around a semicolon, not at the ends of the whole and not inside a name.
    whole = request["officers"] is not None and request["officers"] == request["officers"].strip()
    readable = all(name.strip(" ") and not re.search(r"\s", name.strip(" ")) for name in names)
    opened = day(request["investigation_opened_on"])
    return {
        "officers-named": yes(names and whole and readable),
        "officers-attested": yes(request["attested"] is True),
        "investigation-stage": yes(
            request["investigation_stage"]
            in {"proceeding-preparation", "investigation", "grand-jury"}
        ),
        "investigation-identified": yes(is_number_of_a_case(request["investigation_id"])),
        "investigation-opened": yes(opened is not None and opened <= as_of),
    }


def years_of(text):
    if text is None:
        return None
    parts = text.split(";")
    if text != text.strip(" ") or not all(
        re.fullmatch("[0-9]{4}", part.strip(" ")) for part in parts
    ):
        return None
    return [int(part) for part in parts]


def paragraph_i_2_b(request, as_of):
    years = years_of(request["taxable_periods"])
    return {
        "name-of-taxpayer": yes(request["n_absent"] is False),
        "address-of-taxpayer": yes(request["a_absent"] is False),
        "taxable-periods": yes(
            years is not None and all(1913 <= year <= as_of.year for year in years)
        ),
        "statutory-authority": yes(is_criminal(request["statute"])),
        "specific-reason": yes(says_something(request["reason"], 8)),
        "criminal-purpose": yes(not civil_only(request["reason"])),
    }


def cite(text):
    """Return title, section and what follows of a citation, or None."""
    if text is None:
        return None
    for sign in " .§":
        text = text.replace(sign, "")
    parts = re.match(r"([0-9]+)USC([0-9]+[A-Z]?)", text)
    return (parts[1], parts[2], text[parts.end() :]) if parts else None


def is_criminal(text):
    citation = cite(text)
    if citation is None:
        return False
    title, section, rest = citation
    if rest and not rest.startswith("("):
        return False
    if title == "8":
        criminal_parts = {
            "1253": ("(a)", "(b)"), "1324": ("(a)",), "1325": ("(a)", "(c)", "(d)"),
            "1306": ("(",), "1326": ("(",), "1327": ("(",), "1328": ("(",),
        }  # fmt: skip
        return section in criminal_parts and (not rest or rest.startswith(criminal_parts[section]))
    if title == "18":
        return not section.startswith("0")
    drugs = {"841", "843", "844", "846", "848", "952", "959", "960", "963"}
    return title == "21" and section in drugs


def supported(text, basis):
    if text is None or not is_criminal(text):
        return YES
    return yes(cite(text) in [cite(each) for each in basis["statutes"]])


# --- the purpose of a reason -----------------------------------------------------------------

CRIMINAL_WORDS = {
    "crime", "crimes", "criminal", "criminally", "prosecute", "prosecuted", "prosecuting",
    "prosecution", "prosecutions", "prosecutor", "prosecutors", "indict", "indicted", "indictment",
    "indictments", "wilful", "wilfully", "wilfulness", "wilfullness", "willful", "willfully",
    "willfulness", "willfullness", "offence", "offences", "offense", "offenses", "felony",
    "felonies", "misdemeanor", "misdemeanors", "misdemeanour", "misdemeanours", "convict",
    "convicted",
    "conviction", "convictions", "1253",
}  # fmt: skip
CIVIL_WORDS = {
    "remove", "removes", "removed", "removal", "removals", "removing", "deport", "deports",
    "deported", "deporting", "deportation", "civil", "detain", "detains", "detained", "detaining",
    "detention", "repatriate", "repatriated", "repatriation", "expulsion", "expel", "ero",
}  # fmt: skip
ORDERS = [
    [{"order", "orders"}, {"of"}, {"removal", "deportation"}],
    [{"order", "orders"}, {"to"}, {"remove"}],
    [{"removal", "deportation"}, {"order", "orders"}],
    [{"ordered"}, {"to"}, {"be"}, {"removed", "deported"}],
    [{"ordered"}, {"removed", "deported"}],
    [{"removal"}, {"proceeding", "proceedings", "hearing", "hearings", "period"}],
]
WHOM = {"alien", "aliens", "subject", "subjects", "individual", "individuals", "person", "persons"}
CIVIL_PHRASES = [
    [{"locate", "locates", "locating"}, WHOM],
    [{"locate", "locates", "locating"}, {"the"}, WHOM],
    [{"immigration"}, {"enforcement"}],
    [{"administrative"}, {"arrest", "arrests", "warrant", "warrants"}],
]


def civil_only(reason):
    """Whether a purpose of civil enforcement is named, and none of criminal enforcement."""
    if reason is None:
        return False
    words = word_list(reason)
    if any(word in CRIMINAL_WORDS for word, _ in words) or phrase_anywhere(
        words, [[{"grand"}, {"jury"}]]
    ):
        return False
    rest = without_orders(words)
    return any(word in CIVIL_WORDS for word, _ in rest) or phrase_anywhere(rest, CIVIL_PHRASES)


def word_list(text):
    """Return (word, what stands between it and the word before) pairs."""
    pairs, last = [], 0
    for match in re.finditer("[0-9A-Za-z_]+", text):
        pairs.append((match[0].lower(), text[last : match.start()]))
        last = match.end()
    return pairs


def blank(gap):
    return gap != "" and set(gap) == {" "}


def phrase_at(words, start, phrase):
    """Return the index after ``phrase`` at ``start``, its words parted by blanks only; or None."""
    for offset, choices in enumerate(phrase):
        index = start + offset
        if index >= len(words) or words[index][0] not in choices:
            return None
        if offset and not blank(words[index][1]):
            return None
    return start + len(phrase)


def phrase_anywhere(words, phrases):
    return any(
        phrase_at(words, start, phrase) is not None
        for start in range(len(words))
        for phrase in phrases
    )


def without_orders(words):
    rest, index, carried = [], 0, ""
    while index < len(words):
        start = index
        while start < len(words) - 1 and words[start][0] in {"final", "administrative"}:
            if not blank(words[start + 1][1]):
                break
            start += 1
        ends = [end for phrase in ORDERS if (end := phrase_at(words, start, phrase)) is not None]
        if ends:
            carried += words[index][1] + " "
            index = ends[0]
            continue
        rest.append((words[index][0], carried + words[index][1]))
        carried = ""
        index += 1
    return rest


# --- identity, predicate, limits ---------------------------------------------------------------


def identity(request, basis):
    tin = request["tin"]
    digits = None if tin is None else tin.replace("-", "")
    nine = digits is not None and re.fullmatch("[0-9]{9}", digits) and len(set(digits)) > 1
    return {
        "tin-legible": yes(tin is None or nine),
        "items-of-agreement": yes(request["items"] == ";".join(basis["items"])),
    }


def section_1253(request, basis):
    as_of = basis["as_of"]
    order, final = day(request["order_date"]), day(request["finality_date"])
    court, released = day(request["judicial_review_final_on"]), day(request["custody_released_on"])
    checked = day(request["status_checked_on"])
    found = {
        "order-number": yes(is_number_of_a_case(request["order_number"])),
        "order-date": yes(order is not None),
        "dates-in-order": dates_can_be_true(order, final, court, released, as_of),
        "charge-class": charge(request["charge"]),
        "wilfulness-basis": yes(says_something(request["wilfulness_basis"], 3)),
        "judicial-review": question_with_day(
            request["judicial_review_had"], request["judicial_review_final_on"]
        ),
        "ninety-days": ninety_days(request, final, court, released, as_of),
        "stay-application": yes(request["stay_applied_for"] in {"yes", "no"}),
        "status-fresh": yes(
            checked is not None and 0 <= (as_of - checked).days <= basis["status_age_days"]
        ),
    }
    for name, question in {
        "no-stay-in-force": "stay_in_force",
        "no-review-pending": "review_pending",
        "no-deferred-action": "deferred_action",
        "not-reopened": "reopened",
        "not-departed": "departed",
        "not-deceased": "deceased",
        "not-citizen": "citizen",
    }.items():
        found[name] = yes(request[question] == "no")
    return found


def dates_can_be_true(order, final, court, released, as_of):
    if any(each is not None and each > as_of for each in (order, final, court, released)):
        return NO
    if order is not None and any(each is not None and each < order for each in (final, court)):
        return NO
    return YES


def charge(text):
    if text is None:
        return NO
    for sign in " .§":
        text = text.replace(sign, "")
    if re.match(r"8USC1227\(a\)\([1-7]\)", text):
        return YES
    upper = text.upper()
    known = ("8USC", "8CFR", "INA", "SECTION", "SEC")
    legible = any(
        upper.startswith(start) and upper[len(start) : len(start) + 1] in set("0123456789")
        for start in known
    )
    return PERSON if legible else NO


def question_with_day(answer, text):
    if answer == "yes":
        return yes(day(text) is not None)
    return yes(answer == "no" and text is None)


def ninety_days(request, final, court, released, as_of):
    """The clock runs from the latest of finality, the court's final order, release."""
    starts = [final]
    for question, its_day in (
        ("judicial_review_had", court),
        ("nonimmigration_custody_had", released),
    ):
        if request[question] not in {"yes", "no"}:
            return NO
        if request[question] == "yes":
            starts.append(its_day)
    if None in starts:
        return NO
    return yes((as_of - max(starts)).days > 90)


def section_1231(request):
    extended = {"no": YES, "yes": PERSON}.get(request["removal_period_extended"], NO)
    return {
        "nonimmigration-custody": question_with_day(
            request["nonimmigration_custody_had"], request["custody_released_on"]
        ),
        "removal-period-extension": extended,
        "not-under-supervision": yes(request["supervision_compliant"] == "no"),
        "no-protection": yes(request["protection_granted"] == "no"),
        "removal-practicable": yes(request["removal_impracticable"] == "no"),
    }


def limits(request, basis):
    years = years_of(request["taxable_periods"])
    first = basis["as_of"].year - basis["taxable_years_back"]
    few = years is None or (len(years) <= basis["max_periods"] and min(years) >= first)
    halt = request["m_batch_halt"]
    return {
        "taxable-periods-bounded": yes(few),
        "investigation-unique": investigation_unique(request),
        "officer-load": up_to(request["m_officer_load_max"], basis["officer_load"]),
        "identical-reasons": up_to(request["m_identical_reasons"], basis["identical_reasons"]),
        "shared-address": up_to(request["m_shared_address"], basis["shared_address"]),
        "repeat-cited": repeat_cited(request),
        "limits-on-a-batch": NO if halt is None else PERSON if halt else YES,
        "window-volume": up_to(request["m_window_volume"], basis["batch_volume"]),
    }


def up_to(count, limit):
    if count is None:
        return NO
    return YES if count <= limit else PERSON


def investigation_unique(request):
    shared = request["m_duplicate_investigation"]
    if shared is None:
        return NO
    if shared == 0:
        return YES
    return PERSON if request["m_repeat_cited"] else NO


def repeat_cited(request):
    """A repeat, known or declared, goes to a person if it says what changed, and else back."""
    repeat, cites, says = request["m_repeat"], request["supersedes"], request["change"]
    if repeat is None:
        return PERSON if request["m_repeat_cited"] and says is not None else NO
    if repeat == 0 and cites is None and says is None:
        return YES
    if says is None:
        return NO
    if repeat == 0:
        return yes(False) if cites is None and not request["m_repeat_cited"] else PERSON
    return PERSON if request["m_repeat_cited"] else NO
