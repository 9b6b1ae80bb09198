"""How the oracle reads what a request says: dates, citations, years, numbers, words.

Plain Python over one text at a time, remembered by value; no code shared with the gateway.
"""

import re
from datetime import date
from functools import cache

FILLERS = {
    "na", "n a", "none", "nil", "null", "unknown", "unk", "tba", "tbc", "tbd", "pending", "test",
    "same", "same as above", "same as below", "same as before", "see file", "see case file",
    "see above", "see below", "see record", "see attached", "see attachment", "to be added",
    "to be confirmed", "to be determined", "to be provided", "to be supplied", "not applicable",
    "not available", "not given", "not known", "not provided", "not recorded", "not stated",
    "failed to provide", "information unavailable", "information not available",
    "information to follow", "reason to follow", "basis to follow",
}  # fmt: skip


@cache
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


@cache
def years(text):
    """Read years of four digits with a semicolon between; anything else is None."""
    if text is None or text != text.strip(" "):
        return None
    parts = [part.strip(" ") for part in text.split(";")]
    if not all(re.fullmatch("[0-9]{4}", part) for part in parts):
        return None
    return tuple(int(part) for part in parts)


@cache
def number_of_a_case(text):
    return text is not None and len(text) >= 4 and any(sign in "123456789" for sign in text)


@cache
def names_officers(text):
    """Whether each officer is named by an id: semicolons between, no blank inside or outside."""
    if text is None or text != text.strip():
        return False
    ids = [part.strip(" ") for part in text.split(";")]
    return all(each and not re.search(r"\s", each) for each in ids)


@cache
def nine_digits(text):
    """Whether a number is nine digits, hyphens apart, not one digit repeated."""
    digits = text.replace("-", "")
    return re.fullmatch("[0-9]{9}", digits) is not None and len(set(digits)) > 1


@cache
def says_something(text, least):
    """Whether a text has that many words of two letters or more, and is no mere filler."""
    if text is None:
        return False
    plain = " ".join(re.findall("[0-9a-z]+", re.sub("[A-Z]", lambda m: m[0].lower(), text)))
    return len(re.findall("[A-Za-z][A-Za-z]+", text)) >= least and plain not in FILLERS


# --- citations ----------------------------------------------------------------------------------


def plain_citation(text):
    for sign in " .§":
        text = text.replace(sign, "")
    return text


@cache
def cite(text):
    """Return title, section and what follows of a citation to the United States Code, or None."""
    if text is None:
        return None
    text = plain_citation(text)
    parts = re.match(r"([0-9]+)USC([0-9]+[A-Za-z]?)", text)
    if not parts:
        return None
    rest = text[parts.end() :]
    return None if rest and not rest.startswith("(") else (parts[1], parts[2].upper(), rest)


@cache
def same_citation(text, others):
    return text is not None and plain_citation(text) in [plain_citation(each) for each in others]


@cache
def nontax_criminal_statute(text):
    """Whether a citation is known as of a Federal criminal statute outside tax administration."""
    citation = cite(text)
    if citation is None:
        return False
    title, section, rest = citation
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


@cache
def ground_of_removal(text):
    """Return "1227(a)", "other" for another ground that can be read, or None.

    The classes are (1) to (6); (7) is a waiver for victims of domestic violence.
    """
    if text is None:
        return None
    text = plain_citation(text)
    if re.match(r"8USC1227\(a\)\([1-6]\)", text):
        return "1227(a)"
    law = next((each for each in ("8USC", "8CFR", "SECTION", "SEC", "INA")
                if text.upper().startswith(each)), None)  # fmt: skip
    return "other" if law and re.match("[0-9]", text[len(law) :]) else None


# --- words and phrases ----------------------------------------------------------------------------


def word_list(text):
    """Return (word, what stands between it and the word before) pairs."""
    pairs, last = [], 0
    for match in re.finditer("[0-9A-Za-z_]+", text):
        pairs.append((match[0].lower(), text[last : match.start()]))
        last = match.end()
    return pairs


def phrase_at(words, start, phrase):
    """Return the index after ``phrase`` at ``start``, its words parted by blanks only; or None."""
    for offset, choices in enumerate(phrase):
        index = start + offset
        if index >= len(words) or words[index][0] not in choices:
            return None
        if offset and set(words[index][1]) != {" "}:
            return None
    return start + len(phrase)


def has_phrase(words, phrases):
    return any(
        phrase_at(words, start, phrase) is not None
        for start in range(len(words))
        for phrase in phrases
    )


CRIMINAL = [
    [{"grand"}, {"jury"}],
    [{
        "crime", "crimes", "criminal", "criminally", "prosecute", "prosecuted", "prosecuting",
        "prosecution", "prosecutions", "prosecutor", "prosecutors", "indict", "indicted",
        "indictment", "indictments", "wilful", "wilfully", "wilfulness", "wilfullness", "willful",
        "willfully", "willfulness", "willfullness", "offence", "offences", "offense", "offenses",
        "felony", "felonies", "misdemeanor", "misdemeanors", "misdemeanour", "misdemeanours",
        "convict", "convicted", "conviction", "convictions", "1253",
    }],
]  # fmt: skip
WHOM = {"alien", "aliens", "subject", "subjects", "individual", "individuals", "person", "persons"}
CIVIL = [
    [{
        "remove", "removes", "removed", "removal", "removals", "removing", "deport", "deports",
        "deported", "deporting", "deportation", "civil", "detain", "detains", "detained",
        "detaining", "detention", "repatriate", "repatriated", "repatriation", "expulsion",
        "expel", "ero",
    }],
    [{"locate", "locates", "locating"}, WHOM],
    [{"locate", "locates", "locating"}, {"the"}, WHOM],
    [{"immigration"}, {"enforcement"}],
    [{"administrative"}, {"arrest", "arrests", "warrant", "warrants"}],
]  # fmt: skip
THE_ORDER = [
    [{"order", "orders"}, {"of"}, {"removal", "deportation"}],
    [{"order", "orders"}, {"to"}, {"remove"}],
    [{"removal", "deportation"}, {"order", "orders"}],
    [{"ordered"}, {"to"}, {"be"}, {"removed", "deported"}],
    [{"ordered"}, {"removed", "deported"}],
    [{"removal"}, {"proceeding", "proceedings", "hearing", "hearings", "period"}],
]


@cache
def civil_only(reason):
    """Whether a purpose of civil enforcement is named, and none of criminal enforcement."""
    if reason is None:
        return False
    words = word_list(reason)
    return not has_phrase(words, CRIMINAL) and has_phrase(without_the_order(words), CIVIL)


def without_the_order(words):
    """Leave out the order of removal, which every such case has: naming it is no purpose."""
    rest, index, carried = [], 0, ""
    while index < len(words):
        start = index
        while start < len(words) - 1 and words[start][0] in {"final", "administrative"}:
            if set(words[start + 1][1]) != {" "}:
                break
            start += 1
        ends = [end for phrase in THE_ORDER if (end := phrase_at(words, start, phrase)) is not None]
        if ends:
            carried += words[index][1] + " "
            index = ends[0]
            continue
        rest.append((words[index][0], carried + words[index][1]))
        carried = ""
        index += 1
    return rest


FUGITIVE = [
    [{"fugitive", "fugitives"}],
    [{"flight"}, {"from"}, {"prosecution"}],
    [{"flight"}, {"to"}, {"avoid"}, {"prosecution"}],
]
TERRORISM = [[{"terrorist", "terrorists", "terrorism"}]]
DANGER = [
    [{"imminent"}, {"danger", "threat"}],
    [{"danger"}, {"of"}, {"death"}],
    [{"danger"}, {"of"}, {"physical"}, {"injury"}],
]


@cache
def speaks_of(reason, what):
    """Whether a reason has one of the phrases: ``what`` is fugitive, terrorism or danger."""
    phrases = {"fugitive": FUGITIVE, "terrorism": TERRORISM, "danger": DANGER}[what]
    return reason is not None and has_phrase(word_list(reason), phrases)
