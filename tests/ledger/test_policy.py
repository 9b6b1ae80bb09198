"""Policy files (c2sp.org/tlog-policy): what k of n can say is read, everything else refused."""

import base64
import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis.errors import Misuse
from portcullis.ledger import generate_key, log_verifier, witness_verifier
from portcullis.ledger.policy import Policy
from tests.ledger.conftest import VKEY as LOG

KEYS = [generate_key() for _ in range(40)]
WITNESSES = [witness_verifier(f"w.example/{n}", key).vkey for n, key in enumerate(KEYS)]
A, B, C, D = WITNESSES[:4]
LOGS = [log_verifier(f"log.example/{n}", key).vkey for n, key in enumerate(KEYS)]


def strange(name: str, kind: int, length: int, fill: int = 7) -> str:
    """Return a vkey of another kind, such as ML-DSA-44 (06, 1,312 bytes)."""
    material = bytes([kind]) + bytes([fill]) * length
    key_id = hashlib.sha256(name.encode() + b"\n" + material).hexdigest()[:8]
    return f"{name}+{key_id}+{base64.b64encode(material).decode()}"


POSTQUANTUM = strange("pq.example/w", 0x06, 1312)
NAMES = f"witness a {A}\nwitness b {B}\nwitness c {C}\nwitness d {D}\n"

READ = {
    "nobody needed": ("quorum none\n", Policy((), (), 0)),
    "nobody needed, two known": (
        f"log {LOG}\nwitness a {A}\nwitness b {B}\nquorum none\n",
        Policy((LOG,), (A, B), 0),
    ),
    "one witness": (
        f"log {LOG} https://log.example/\n{NAMES}quorum b\n",
        Policy((LOG,), (B,), 1),
    ),
    "k of n": (f"{NAMES}group g 2 a b d\nquorum g\n", Policy((), (A, B, D), 2)),
    "any": (f"{NAMES}group g any a b\nquorum g\n", Policy((), (A, B), 1)),
    "all": (f"{NAMES}group g all a b c\nquorum g\n", Policy((), (A, B, C), 3)),
    "a group of one group": (
        f"{NAMES}group g 2 a b c\ngroup h all g\nquorum h\n",
        Policy((), (A, B, C), 2),
    ),
    "any of any": (
        f"{NAMES}group g any a b\ngroup h any g c\nquorum h\n",
        Policy((), (A, B, C), 1),
    ),
    "all of all": (
        f"{NAMES}group g all a b\ngroup h 2 c g\nquorum h\n",
        Policy((), (C, A, B), 3),
    ),
    "groups of one": (
        f"{NAMES}group g all a\ngroup h any b\ngroup i 2 g h c\nquorum i\n",
        Policy((), (A, B, C), 2),
    ),
    "a group nobody asks for": (
        f"{NAMES}group g 1 a b\ngroup h all c d\nquorum h\n",
        Policy((), (C, D), 2),
    ),
    "spaces, tabs, comments and empty lines": (
        f"# a policy\n\n \t \n\t log \t {LOG}  \n  # log of ours, caf\u00e9\n"
        f"witness all {A}\thttps://w.example/\u00fc\nquorum   all \n",
        Policy((LOG,), (A,), 1),
    ),
    "the quorum in the middle": (
        f"witness a {A}\nquorum a\nlog {LOG}\n",
        Policy((LOG,), (A,), 1),
    ),
    "names of any octets": (
        f"witness \u212a {A}\nwitness K {B}\nquorum K\n",
        Policy((), (B,), 1),
    ),
    "a kind of key that is not checked": (
        f"witness a {A}\nwitness pq {POSTQUANTUM}\ngroup g any a pq\nquorum g\n",
        Policy((), (A,), 1),
    ),
    "a log that signs with an unknown kind too": (
        f"log {LOG}\nlog {strange('log.example/pq', 0x06, 1312)}\nquorum none\n",
        Policy((LOG,), (), 0),
    ),
}


@pytest.mark.parametrize(("text", "policy"), READ.values(), ids=READ)
def test_what_k_of_n_can_say_is_read(text, policy):
    assert Policy.parse(text) == policy


REFUSED = {
    "nothing": "",
    "no quorum": NAMES,
    "two quorums": f"{NAMES}quorum a\nquorum a\n",
    "a quorum of two names": f"{NAMES}quorum a b\n",
    "no last line's end": "quorum none",
    "a carriage return": "quorum none\r\n",
    "a form feed": "quorum\x0cnone\n",
    "a delete": "# \x7f\nquorum none\n",
    "an unknown line": "logs none\nquorum none\n",
    "keywords are small": "Quorum none\n",
    "a comment behind": "quorum none # nobody\n",
    "a quorum not yet defined": f"quorum a\nwitness a {A}\n",
    "a member not yet defined": f"{NAMES}group g any h\ngroup h any a\nquorum g\n",
    "a member of itself": f"{NAMES}group g any g\nquorum g\n",
    "none as a member": f"{NAMES}group g any a none\nquorum g\n",
    "none as a name": f"witness none {A}\nquorum none\n",
    "a group named none": f"{NAMES}group none any a\nquorum none\n",
    "a name twice": f"witness a {A}\nwitness a {B}\nquorum a\n",
    "a group named as a witness": f"{NAMES}group a any b\nquorum a\n",
    "a member twice": f"{NAMES}group g 2 a a b\nquorum g\n",
    "a member of two groups": f"{NAMES}group g any a b\ngroup h any a c\nquorum h\n",
    "an empty group": f"{NAMES}group g all\nquorum g\n",
    "a threshold of none": f"{NAMES}group g 0 a b\nquorum g\n",
    "a threshold above": f"{NAMES}group g 3 a b\nquorum g\n",
    "a threshold with a sign": f"{NAMES}group g +1 a b\nquorum g\n",
    "a threshold that has no end": f"{NAMES}group g {'9' * 5000} a b\nquorum g\n",
    "a threshold that is no number": f"{NAMES}group g most a b\nquorum g\n",
    "a log twice": f"log {LOG}\nlog {LOG}\nquorum none\n",
    "a log's public key twice": (
        f"log {LOGS[0]}\nlog {log_verifier('other.example', KEYS[0]).vkey}\nquorum none\n"
    ),
    "a witness's public key twice": (
        f"witness a {A}\nwitness b {witness_verifier('b.example', KEYS[0]).vkey}\nquorum a\n"
    ),
    "a witness's key for a log": f"log {A}\nquorum none\n",
    "a log's key for a witness": f"witness a {LOG}\nquorum a\n",
    "a key of the wrong id": f"witness a {A.replace('+', '+0', 1)[:-1]}\nquorum a\n",
    "no key": "witness a w.example\nquorum a\n",
    "no key's name": f"log {LOG[LOG.index('+') :]}\nquorum none\n",
    "a key's name of no text": "log \udcff+00000000+BgAA\nquorum none\n",
    "too many words": f"log {LOG} https://a https://b\nquorum none\n",
    "two of any": f"{NAMES}group g any a b\ngroup h any c d\ngroup i all g h\nquorum i\n",
    "one of all": f"{NAMES}group g all a b\ngroup h any g c\nquorum h\n",
    "only an unknown kind of witness": f"witness pq {POSTQUANTUM}\nquorum pq\n",
    "too few known kinds": f"witness a {A}\nwitness p {POSTQUANTUM}\ngroup g all a p\nquorum g\n",
    "only an unknown kind of log": f"log {strange('log.example/pq', 0x06, 1312)}\nquorum none\n",
    "an unknown kind of key twice": (
        f"witness a {A}\nwitness p {POSTQUANTUM}\nwitness q {POSTQUANTUM}\nquorum a\n"
    ),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_everything_else_is_refused_in_words(text):
    with pytest.raises(Misuse, match="policy cannot be used"):
        Policy.parse(text)


def test_the_line_at_fault_is_named():
    with pytest.raises(Misuse, match="line 5: the threshold"):
        Policy.parse(f"{NAMES}group g 9 a b\nquorum g\n")


def test_thirty_two_of_each_are_read():
    names = [f"w{n}" for n in range(32)]
    lines = [f"log {vkey}" for vkey in LOGS[:32]]
    lines += [f"witness {name} {vkey}" for name, vkey in zip(names, WITNESSES, strict=False)]
    lines += [f"group g{n} any {name}" for n, name in enumerate(names[:31])]
    groups = " ".join(f"g{n}" for n in range(31))
    lines += [f"group all 17 {groups} w31", "quorum all"]
    policy = Policy.parse("\n".join(lines) + "\n")
    assert policy == Policy(tuple(LOGS[:32]), tuple(WITNESSES[:32]), 17)


@given(st.data())
def test_what_is_written_is_read_again(data):
    logs = data.draw(st.lists(st.sampled_from(LOGS), unique=True, max_size=4))
    witnesses = data.draw(st.lists(st.sampled_from(WITNESSES), unique=True, max_size=33))
    policy = Policy(tuple(logs), tuple(witnesses), data.draw(st.integers(0, len(witnesses))))
    assert Policy.parse(policy.text) == policy


def test_the_file_is_the_formats_own():
    assert Policy((LOG,), (A, B), 2).text == (
        f"log {LOG}\nwitness w1 {A}\nwitness w2 {B}\ngroup witnesses 2 w1 w2\nquorum witnesses\n"
    )
    assert Policy((LOG,), (A,), 0).text == f"log {LOG}\nwitness w1 {A}\nquorum none\n"


@pytest.mark.parametrize(
    "parts",
    [((LOG,), (A,), 2), ((LOG,), (A,), -1), ((A,), (), 0), ((), (LOG,), 0), ((), (A, A), 1)],
)
def test_a_policy_that_cannot_be_met_is_none(parts):
    with pytest.raises(Misuse):
        Policy(*parts)


def test_a_file_may_hold_octets_that_are_no_text(tmp_path):
    path = tmp_path / "policy"
    path.write_bytes(b"# caf\xe9\nwitness \xff " + A.encode() + b"\nquorum \xff\n")
    assert Policy.read(path) == Policy((), (A,), 1)
    path.write_bytes(b"log \xff+00000000+BgAA\nquorum none\n")
    with pytest.raises(Misuse, match="line 1"):
        Policy.read(path)
    with pytest.raises(Misuse, match="cannot be read"):
        Policy.read(tmp_path / "none")


@given(st.text(alphabet="lognewituprsqumay123# \t\n", max_size=80))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(Misuse):
        Policy.parse(text + "\n")
