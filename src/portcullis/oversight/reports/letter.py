"""The letter to a person who asked for the accounting of disclosures about them, in two languages.

26 U.S.C. 6103(p)(3)(A) lets it be examined to the extent 5 U.S.C. 552a(c)(3) does, which excepts
disclosures for law enforcement under 552a(b)(7). Until somebody has determined that (b)(7) does not
reach a disclosure it is not in the letter, and the letter of a person of whom nothing can be told
and that of one of whom there is nothing are the same, byte for byte. No other person is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portcullis.oversight.reports.common import day_words
from portcullis.oversight.reports.document import Document, Section, Table
from portcullis.oversight.reports.facts import Heading

LANGUAGES = ("en", "es")

_ITEMS = {
    "en": {"last_known_address": "last known address"},
    "es": {"last_known_address": "última dirección conocida"},
}
_WORDS = {
    "en": {
        "title": "Accounting of disclosures about you",
        "to": "To",
        "person": "The person who asked, whose identity was verified",
        "from": "From",
        "law": "Under",
        "law_words": "26 U.S.C. § 6103(p)(3)(A); 5 U.S.C. § 552a(c)(3)",
        "answer": "Our answer",
        "none": "You asked for an accounting of the disclosures of your return information. We "
        "have no disclosure of which the law lets us give you an accounting.",
        "none_more": "This is what we write both when nothing was disclosed and when what was "
        "disclosed is excepted by law. The law (5 U.S.C. § 552a(c)(3)) excepts disclosures made "
        "to an agency for a law enforcement activity at the written request of its head. From this "
        "letter nobody can tell which of the two it is.",
        "some": "You asked for an accounting of the disclosures of your return information. Those "
        "of which the law lets us give you an accounting are listed below.",
        "some_more": "Disclosures made to an agency for a law enforcement activity at the written "
        "request of its head are excepted (5 U.S.C. § 552a(c)(3)). If there are others of that "
        "kind they are not listed, and this letter does not say whether there are.",
        "table": "Disclosures",
        "on": "Date",
        "nature": "What was disclosed",
        "purpose": "Purpose and authority",
        "recipient": "To whom",
        "purpose_words": "Nontax law enforcement, {authority}",
        "complete": "How the accounting was checked",
        "attested": "On {day} an auditor counted the accounting again, independently, from the "
        "ledger in which every disclosure is recorded before it can leave. Every disclosure on the "
        "ledger was in the accounting. The accounting is kept for ever.",
        "lost": "That is so but for {lost}: their accounting was lost with records that had to be "
        "restored, and two people have accepted the loss. Nobody can say any more whom they were "
        "about, and no letter lists them.",
        "rights": "If you disagree",
        "rights_words": "You may ask us to look at this again, and you may complain to the "
        "Treasury Inspector General for Tax Administration. If somebody looked at or disclosed "
        "your return information against the law, you may have a claim for damages (26 U.S.C. § "
        "7431).",
    },
    "es": {
        "title": "Relación de las divulgaciones sobre usted",
        "to": "A",
        "person": "La persona que la solicitó, cuya identidad fue verificada",
        "from": "De",
        "law": "Conforme a",
        "law_words": "26 U.S.C. § 6103(p)(3)(A); 5 U.S.C. § 552a(c)(3)",
        "answer": "Nuestra respuesta",
        "none": "Usted solicitó una relación de las divulgaciones de su información tributaria. No "
        "tenemos ninguna divulgación de la que la ley nos permita darle una relación.",
        "none_more": "Escribimos esto tanto cuando no se divulgó nada como cuando lo divulgado "
        "está exceptuado por la ley. La ley (5 U.S.C. § 552a(c)(3)) exceptúa las divulgaciones "
        "hechas a una agencia para una actividad de aplicación de la ley, a petición escrita de su "
        "titular. "
        "Con esta carta nadie puede saber cuál de los dos es el caso.",
        "some": "Usted solicitó una relación de las divulgaciones de su información tributaria. "
        "Abajo constan aquellas de las que la ley nos permite darle una relación.",
        "some_more": "Las divulgaciones hechas a una agencia para una actividad de aplicación de "
        "la ley, a petición escrita de su titular, están exceptuadas (5 U.S.C. § 552a(c)(3)). Si "
        "hay otras de esa clase, no constan, y esta carta no dice si las hay.",
        "table": "Divulgaciones",
        "on": "Fecha",
        "nature": "Qué se divulgó",
        "purpose": "Finalidad y base legal",
        "recipient": "A quién",
        "purpose_words": "Aplicación de leyes no tributarias, {authority}",
        "complete": "Cómo se comprobó la relación",
        "attested": "El {day} un auditor volvió a contar la relación, de forma independiente, a "
        "partir del registro en el que toda divulgación se anota antes de poder salir. Toda "
        "divulgación del registro constaba en la relación, que se conserva para siempre.",
        "lost": "Así es salvo por {lost}: su relación se perdió con registros que hubo que "
        "restaurar, y dos personas han aceptado la pérdida. Ya nadie puede decir sobre quién "
        "eran, y ninguna carta las enumera.",
        "rights": "Si no está de acuerdo",
        "rights_words": "Puede pedirnos que lo revisemos, y puede presentar una queja ante el "
        "Inspector General del Tesoro para la Administración Tributaria (TIGTA). Si alguien vio o "
        "divulgó su información tributaria en contra de la ley, puede tener derecho a una "
        "indemnización (26 U.S.C. § 7431).",
    },
}


@dataclass(frozen=True, order=True)
class Told:
    """One disclosure as its subject may be told of it [5 U.S.C. 552a(c)(1)].

    ``nature``: the items, ``;`` between; ``recipient``: the agency's name and address.
    """

    on: date
    nature: str
    authority: str
    recipient: str


def letter(
    heading: Heading,
    disclosures: Sequence[Told],
    *,
    attested_on: date,
    on: date,
    language: str,
    lost: int = 0,
) -> Document:
    """Return the letter of the day ``on``: of ``disclosures``, or of there being none to tell.

    ``lost``: of how many disclosures, of anybody, nobody can say any more whose they were.
    """
    words = _WORDS[language]
    told = sorted(disclosures)
    attested = words["attested"].format(day=day_words(attested_on, language))
    checked = (attested, words["lost"].format(lost=f"{lost:,}")) if lost else (attested,)
    answer = (words["some"], words["some_more"]) if told else (words["none"], words["none_more"])
    return Document(
        name="account",
        title=words["title"],
        as_of=on,
        agreement=heading.holder,
        about=(
            (words["to"], words["person"]),
            (words["from"], heading.holder),
            (words["law"], words["law_words"]),
        ),
        sections=(
            Section(words["answer"], answer, (_table(told, language),) if told else ()),
            Section(words["complete"], checked),
            Section(words["rights"], (words["rights_words"],)),
        ),
        source=None,
        verify=(),
        language=language,
    )


def _table(told: Sequence[Told], language: str) -> Table:
    words, items = _WORDS[language], _ITEMS[language]
    return Table(
        "disclosures",
        words["table"],
        (
            ("on", words["on"]),
            ("nature", words["nature"]),
            ("purpose", words["purpose"]),
            ("recipient", words["recipient"]),
        ),
        tuple(
            (
                each.on.isoformat(),
                ", ".join(items.get(item, item) for item in each.nature.split(";")),
                words["purpose_words"].format(authority=each.authority),
                each.recipient,
            )
            for each in told
        ),
    )
