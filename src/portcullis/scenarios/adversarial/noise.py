"""What hands and machines do to writing: slips of the keyboard, misreadings, swapped digits."""

from random import Random

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_MISREAD = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("li", "h"), ("h", "li"),
    ("o", "0"), ("l", "1"), ("i", "l"), ("s", "5"), ("b", "6"), ("e", "c"), ("u", "v"),
)  # fmt: skip
_MISREAD_DIGITS = {"0": "8", "8": "3", "3": "8", "1": "7", "7": "1", "5": "6", "6": "5", "4": "9",
                   "9": "4", "2": "7"}  # fmt: skip


def keystroke(word: str, random: Random) -> str:
    """Return ``word`` with one slip: a neighbouring key, a letter left out, doubled or swapped."""
    at = random.randrange(1, len(word)) if len(word) > 1 else 0
    letter = word[at]
    slip = random.choice(("neighbour", "left-out", "doubled", "swapped"))
    if slip == "left-out" and len(word) > 1:
        return word[:at] + word[at + 1 :]
    if slip == "doubled":
        return word[:at] + letter + word[at:]
    if slip == "swapped" and at:
        return word[: at - 1] + letter + word[at - 1] + word[at + 1 :]
    return word[:at] + _neighbour(letter, random) + word[at + 1 :]


def _neighbour(letter: str, random: Random) -> str:
    for row in _KEYS:
        place = row.find(letter.lower())
        if place >= 0:
            return random.choice(row[max(0, place - 1) : place] + row[place + 1 : place + 2])
    return random.choice("aeiou")


def misread(word: str, random: Random) -> str:
    """Return ``word`` as a scanner may read it: one letter or pair taken for another."""
    plain = word.lower()
    able = [(old, new) for old, new in _MISREAD if old in plain[1:]]
    if not able:
        return keystroke(word, random)
    old, new = random.choice(able)
    at = plain.index(old, 1)
    return word[:at] + new + word[at + len(old) :]


def misread_digit(digits: str, random: Random) -> str:
    """Return ``digits`` with one of them taken for another."""
    at = random.choice([place for place, sign in enumerate(digits) if sign in _MISREAD_DIGITS])
    return digits[:at] + _MISREAD_DIGITS[digits[at]] + digits[at + 1 :]


def transposed(digits: str, random: Random) -> str:
    """Return ``digits`` with two neighbours changed round, or as they are where all are alike."""
    able = [at for at in range(len(digits) - 1) if digits[at] != digits[at + 1]]
    if not able:
        return digits
    at = random.choice(able)
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
