"""Mutants: the source of one module of the law, changed in one place.

The operators are cosmic-ray's, and two of our own for what the law says in texts: an item left out
of a list of texts, an alternative left out of a pattern.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

OPERATORS = re.compile(
    r"core/(?:NumberReplacer|AddNot|ReplaceTrueWithFalse|ReplaceFalseWithTrue|RemoveDecorator"
    r"|ReplaceAndWithOr|ReplaceOrWithAnd|ReplaceBreakWithContinue|ReplaceContinueWithBreak"
    r"|ExceptionReplacer|ZeroIterationForLoop"
    r"|ReplaceComparisonOperator_(?:Eq|NotEq|Lt|LtE|Gt|GtE)_(?:Eq|NotEq|Lt|LtE|Gt|GtE)"
    r"|ReplaceComparisonOperator_(?:Is_IsNot|IsNot_Is)"
    r"|ReplaceBinaryOperator_Bit(?:And|Or|Xor)_Bit(?:And|Or|Xor)"
    r"|ReplaceBinaryOperator_(?:Add_Sub|Sub_Add|Mul_Div|Div_Mul)"
    r"|ReplaceUnaryOperator_(?:Delete_Invert|Delete_Not|USub_UAdd))"
)
NOT_THE_LAW = re.compile(r"^\s*(?:requirements=\(|from |import |Field\(.*Kind\.DATE.*\d\))")
"""Lines left alone: references into the specification, imports, the age of a day in an example."""

TRIED = ("_DAY", "_NOMINAL", "_VALUES")
"""Names left alone: what ``soundness`` tries the tests with."""


@dataclass(frozen=True)
class Mutant:
    """One change of one module: the operator, and the lines before and after."""

    module: str
    operator: str
    line: int
    was: str
    now: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the mutant is, wherever in the module it stands."""
        return self.module, self.was, self.now


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a module that compiles, none twice."""
    source = path.read_text(encoding="utf-8")
    seen, left_alone = {source}, _left_alone(source)
    for operator, changed in (*_by_cosmic_ray(source), *_items(source), *_alternatives(source)):
        if changed in seen:
            continue
        seen.add(changed)
        mutant = _mutant(path.stem, operator, source, changed)
        if mutant.line not in left_alone and _compiles(changed):
            yield mutant


def _left_alone(source: str) -> set[int]:
    """Return the lines that decide nothing: see above, and protocols, which only types read."""
    lines = source.splitlines()
    found = {number for number, line in enumerate(lines, 1) if NOT_THE_LAW.match(line)}
    for node in ast.parse(source).body:
        name = ast.unparse(getattr(node, "targets", [getattr(node, "target", node)])[0])
        protocol = isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases)
        if name in TRIED or protocol:
            found |= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return found


def _by_cosmic_ray(source: str) -> Iterator[tuple[str, str]]:
    tree = get_ast(source)
    for name in filter(OPERATORS.fullmatch, operator_names()):
        operator = get_operator(name)()
        count = sum(len([*operator.mutation_positions(node)]) for node in ast_nodes(tree))
        for occurrence in range(count):
            yield name.removeprefix("core/"), mutate_code(source, operator, occurrence)


def _items(source: str) -> Iterator[tuple[str, str]]:
    """Leave each item out of each list of texts."""
    tree = ast.parse(source)
    exported = {node.value for node in tree.body if isinstance(node, ast.Assign)
                and ast.unparse(node.targets[0]) == "__all__"}  # fmt: skip
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Tuple | ast.List) or node in exported:
            continue
        for item in node.elts:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                first = starts[item.lineno - 1] + item.col_offset
                last = starts[item.end_lineno - 1] + item.end_col_offset
                before, after = source.encode()[:first], source.encode()[last:]
                yield "ItemLeftOut", (before + re.sub(rb"^\s*,", b"", after)).decode()


def _alternatives(source: str) -> Iterator[tuple[str, str]]:
    """Leave each alternative but the first out of each group of each pattern."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.STRING or not token.string.startswith('r"'):
            continue
        start = starts[token.start[0] - 1] + token.start[1]
        for bar in re.finditer(r"\|", token.string):
            end = _end_of_alternative(token.string, bar.end())
            yield "AlternativeLeftOut", source[: start + bar.start()] + source[start + end :]


def _end_of_alternative(pattern: str, index: int) -> int:
    depth = 0
    while index < len(pattern) - 1:
        sign = pattern[index]
        if depth == 0 and sign in "|)":
            break
        depth += {"(": 1, ")": -1}.get(sign, 0)
        index += 2 if sign == "\\" else 1
    return index


def _mutant(module: str, operator: str, source: str, changed: str) -> Mutant:
    before, after = source.splitlines(), changed.splitlines()
    parts = SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    first = next(part for part in parts if part[0] != "equal")[1]
    changes = [part for part in parts if part[0] != "equal"]
    was = _lines(line for _, i, j, _, _ in changes for line in before[i:j])
    if operator == "RemoveDecorator":
        was += f" / {before[changes[0][2]].strip()}"
    now = _lines(line for _, _, _, i, j in changes for line in after[i:j])
    return Mutant(module, operator, first + 1, was, now, changed)


def _lines(lines: Iterable[str]) -> str:
    """Write changed lines as one, without blank ones and comments."""
    stripped = (line.strip() for line in lines)
    return " / ".join(line for line in stripped if line and not line.startswith("#"))


def _compiles(source: str) -> bool:
    try:
        compile(source, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
