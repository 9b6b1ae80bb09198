"""Write docs/oscal/profile.json and component-definition.json from docs/oscal/controls.toml.

    python tools/oscal.py

The same source gives the same bytes: identifiers are made of names (UUID version 5, RFC 9562). The
catalogue of NIST is named by its public address and not copied.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

FOLDER = Path(__file__).parents[1] / "docs" / "oscal"
OSCAL = "1.1.3"
NAMESPACE = "https://portcullis.invalid/ns/oscal"  # a name of ours, no address
PROFILE, COMPONENTS = "profile.json", "component-definition.json"
TITLE = "Controls that IRS Publication 1075 asks for and Portcullis carries"


def documents(source: Mapping[str, Any]) -> dict[str, str]:
    """Return the two documents, by their file names."""
    made = {
        PROFILE: {"profile": _profile(source)},
        COMPONENTS: {"component-definition": _definition(source)},
    }
    return {
        name: json.dumps(said, ensure_ascii=False, indent=2) + "\n" for name, said in made.items()
    }


def read_source() -> dict[str, Any]:
    """Return what docs/oscal/controls.toml says."""
    return tomllib.loads((FOLDER / "controls.toml").read_text("utf-8"))


def _profile(source: Mapping[str, Any]) -> dict[str, Any]:
    asked = [control["id"] for control in source["controls"] if control["asked"]]
    return {
        "uuid": _id("profile"),
        "metadata": _metadata(source, TITLE),
        "imports": [{"href": source["catalogue"], "include-controls": [{"with-ids": asked}]}],
        "merge": {"as-is": True},
    }


def _definition(source: Mapping[str, Any]) -> dict[str, Any]:
    components = [
        {
            "uuid": _id("component", name),
            "type": "software",
            "title": said["title"],
            "description": said["description"],
            "control-implementations": list(_implementations(source, name)),
        }
        for name, said in source["components"].items()
    ]
    title = "Portcullis: what carries each control, and where it can be seen"
    return {
        "uuid": _id("component-definition"),
        "metadata": _metadata(source, title),
        "components": components,
    }


def _metadata(source: Mapping[str, Any], title: str) -> dict[str, str]:
    return {
        "title": title,
        "last-modified": source["last_modified"],
        "version": source["version"],
        "oscal-version": OSCAL,
    }


def _implementations(source: Mapping[str, Any], component: str) -> Iterator[dict[str, Any]]:
    """Yield what a component carries of the profile, and beyond it of the catalogue."""
    for asked, href, words in (
        (True, PROFILE, TITLE + "."),
        (False, source["catalogue"], "Controls carried beyond the moderate baseline."),
    ):
        requirements = [
            _requirement(component, control["id"], carried)
            for control in source["controls"]
            for carried in control["carried"]
            if control["asked"] is asked and carried["component"] == component
        ]
        if requirements:
            yield {
                "uuid": _id("implementation", component, str(asked)),
                "source": href,
                "description": words,
                "implemented-requirements": requirements,
            }


def _requirement(component: str, control: str, carried: Mapping[str, Any]) -> dict[str, Any]:
    evidence = [("ledger-entry", kind) for kind in carried.get("ledger", [])]
    evidence += [("verb", f"portcullis {verb}") for verb in carried.get("verbs", [])]
    state: dict[str, str] = _prop("implementation-status", carried["state"])
    said = {
        "uuid": _id("requirement", component, control),
        "control-id": control,
        "description": carried["how"],
        "props": [state, *[_prop(name, value) for name, value in evidence]],
        "links": [
            *[_link("implementation", path) for path in carried.get("code", [])],
            *[_link("evidence", test) for test in carried["tests"]],
        ],
    }
    if left := carried.get("left"):
        said["remarks"] = f"Left to the deployment: {left}"
    return said


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": value}


def _link(relation: str, evidence: str) -> dict[str, str]:
    """Return a link to a file of the repository, with the test's name as its text."""
    path, _, test = evidence.partition("::")
    link = {"href": f"../../{path}", "rel": relation}
    return {**link, "text": test} if test else link


def _id(*names: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join((NAMESPACE, *names))))


def main() -> None:
    """Write both documents."""
    for name, text in documents(read_source()).items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
