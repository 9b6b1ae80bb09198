"""A peer over the requests of the comparison: Cedar by cedarpy, or Rego by regopy.

    python -m benchmarks.rules.peers cedarpy|regopy FOLDER

Runs under ``.venv-accuracy``, prints rates as JSON and writes what it found. Both as a competent
user would set them up, the faster of the ways each offers: for Cedar the policies and the
agreement's figures are parsed once and a request's facts are JSON text, ready made; for Rego the
module is compiled to a bundle once and the facts are given as an input object. cedarpy has a call
for many requests; regopy has none.
"""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.rules import BATCHES, SINGLE
from benchmarks.rules.files import rate, read_lines, write_lines

_HERE = Path(__file__).parent
_ENTRY = "rules/failed"
Facts = dict[str, Any]


def cedar(facts: list[Facts], figures: Facts) -> tuple[list[list[str]], dict[str, float]]:
    """Return Cedar's findings of every request, and its rates."""
    import cedarpy

    policies = cedarpy.PolicySet.from_str((_HERE / "rules.cedar").read_text(encoding="utf-8"))
    agreement = {"type": "Agreement", "id": "this"}
    entity = {"uid": agreement, "attrs": figures, "parents": []}
    entities = cedarpy.Entities.from_json_str(json.dumps([entity]))
    who = {"principal": 'Agency::"this"', "action": 'Action::"ask"', "resource": agreement}
    requests = [{**who, "context": json.dumps(each)} for each in facts]

    def found(result: cedarpy.AuthzResult) -> list[str]:
        if result.diagnostics.errors:
            raise RuntimeError(result.diagnostics.errors[0])
        return list(result.diagnostics.id_annotations_by_reason.values())

    def single(request: Facts) -> list[list[str]]:
        return [found(cedarpy.is_authorized(request, policies, entities))]

    def batch(some: list[Facts]) -> list[list[str]]:
        return [found(each) for each in cedarpy.is_authorized_batch(some, policies, entities)]

    rates = {"1": rate(single, requests[:SINGLE])}
    for size in BATCHES:
        rates[str(size)] = rate(
            batch, [requests[first : first + size] for first in range(0, len(requests), size)]
        )
    return batch(requests), rates


def rego(facts: list[Facts], figures: Facts) -> tuple[list[list[str]], dict[str, float]]:
    """Return Rego's findings of the first requests, and its rate."""
    import regopy

    interpreter = regopy.Interpreter()
    interpreter.add_data({"basis": figures})
    interpreter.add_module("rules", (_HERE / "rules.rego").read_text(encoding="utf-8"))
    bundle = interpreter.build(None, [_ENTRY])

    def single(request: Facts) -> list[list[str]]:
        interpreter.set_input(regopy.Input(request))
        output = interpreter.query_bundle_entrypoint(bundle, _ENTRY)
        if not output.ok():
            raise RuntimeError(str(output))
        return [output[0][0]]

    first = facts[:SINGLE]
    return [found for each in first for found in single(each)], {"1": rate(single, first)}


PEERS = {"cedarpy": cedar, "regopy": rego}


def main() -> None:
    """Judge with the peer that is named."""
    match sys.argv[1:]:
        case [peer, folder] if peer in PEERS:
            data = Path(folder)
            figures = json.loads((data / "figures.json").read_text(encoding="utf-8"))
            found, rates = PEERS[peer](read_lines(data / "facts.jsonl"), figures)
            write_lines(data / f"{peer}.jsonl", found)
            print(json.dumps(rates))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
