"""The draft of a notice under 26 U.S.C. § 7431(e): the date of the act, and the person's rights.

Addressed by whoever sends it: the office knows the person by the package, or by history and
request, and writes no name.
"""

from portcullis.oversight.incidents import ADMINISTRATIVE, INDICTMENT, INFORMATION, PersonNotice

_CAUSE = {
    INDICTMENT: "a person has been charged by indictment with",
    INFORMATION: "a person has been charged by information with",
    ADMINISTRATIVE: "disciplinary or adverse action has been proposed against an employee for",
}


def notice_draft(holder: str, notice: PersonNotice) -> str:
    """Return the draft as Markdown, for counsel to settle and address."""
    determination = (
        [
            "- You have the rights that the administrative determination gives you. "
            "[Counsel: state them.]",
        ]
        if notice.trigger == ADMINISTRATIVE
        else []
    )
    return "\n".join(
        [
            "# Draft: notice of an unauthorised inspection or disclosure",
            "",
            f"From: {holder}  ",
            f"Notice: {notice.id}. Not sent; for counsel to settle and to address.",
            "",
            "26 U.S.C. § 7431(e) commands that you be told: on "
            f"{notice.triggered_on.isoformat()} {_CAUSE[notice.trigger]} an unauthorised "
            f"{notice.act} of your return information.",
            "",
            f"Date of the {notice.act}: **{notice.act_on.isoformat()}**.",
            "",
            "Your rights:",
            "",
            *determination,
            "- You may bring a civil action for damages in a district court of the United States "
            "for an inspection or disclosure, knowing or by negligence, in violation of 26 U.S.C. "
            "§ 6103 (26 U.S.C. § 7431(a)).",
            "- Damages are the greater of $1,000 for each act or the actual damages, with punitive "
            "damages where it was wilful or grossly negligent, and the costs of the action "
            "(§ 7431(c)).",
            "- The action must be brought within 2 years after you discovered the act (§ 7431(d)).",
            "",
        ]
    )
