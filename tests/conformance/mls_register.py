"""The register of MLS rules, held to the code and the tests: ``python tests/conformance/mls_register.py``.

``mls_rules.toml`` has a row for each rule of the validation checklist: where it is checked and which tests
prove it. A rule is complete if all these places exist and name its id: the code in a comment, docstring or
message, the test in its name, docstring, comment or parameters. A table of the sections is printed, then
every gap; any gap ends with exit status 1.
"""

import ast
import io
import json
import re
import sys
import tokenize
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[2]
SHARED: Final = ROOT.parent / "shared"
REGISTER: Final = ROOT / "tests" / "conformance" / "mls_rules.toml"
PRODUCT: Final = ("crypto/rogatory_crypto", "client/rogatory_client", "server/rogatory_server")
OWN_VECTORS: Final = "tests/vectors/mls"
_TEXT_TOKENS: Final = {
    tokenize.COMMENT,
    tokenize.STRING,
    getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING),
}
_ID: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d\d(?![A-Za-z0-9])")
_LISTED: Final = re.compile(r"(?:^|, )([A-Z]\d\d) ", re.MULTILINE)

Lines: TypeAlias = set[int]


class Gap(NamedTuple):
    """Something missing; ``rule`` is an id, or what else the gap belongs to."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A function, class or constant of a file; the whole file where ``name`` is empty."""

    path: str
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.name}" if self.name else self.path


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the rule in our words, its source, its checks and its tests."""

    id: str
    rfc: str
    text: str
    code: tuple[Place, ...]
    tests: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A letter of the checklist with the number of its rules, which are numbered without gaps."""

    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Register:
    """Everything ``mls_rules.toml`` says."""

    sections: Mapping[str, Section]
    rules: Mapping[str, Rule]
    official_vectors: frozenset[str]
    own_vectors: frozenset[str]

    @property
    def ids(self) -> tuple[str, ...]:
        """The full list of ids, whether or not they have a row."""
        return tuple(
            f"{letter}{number:02}"
            for letter, section in self.sections.items()
            for number in range(1, section.count + 1)
        )


@dataclass(frozen=True, slots=True)
class Source:
    """What is defined in a file, and which ids its comments and strings name, by line."""

    definitions: Mapping[str, Lines] = field(repr=False)
    parameters: Mapping[str, tuple[str, ...]] = field(repr=False)
    named: Mapping[int, frozenset[str]] = field(repr=False)

    def ids(self, name: str) -> frozenset[str]:
        """Return the ids named inside a definition, or in the whole file."""
        lines = self.definitions[name] if name else self.named.keys()
        return frozenset().union(*(self.named.get(line, frozenset()) for line in lines))

    def ids_of_test(self, name: str) -> frozenset[str]:
        """Return the ids a test names, by its own name and in what its decorators refer to, too."""
        spelt = frozenset(_ID.findall(name.upper().replace("_", " ").replace(".", " ")))
        referred = (self.ids(other) for other in self.parameters.get(name, ()) if other in self.definitions)
        return self.ids(name) | spelt | frozenset().union(*referred)


def read_register(path: Path) -> Register:
    """Read the register.

    Raises:
        ValueError: for a file that is no register; TOML itself refuses a row that is there twice.
    """
    data = tomllib.loads(path.read_text())
    try:
        return Register(
            {letter: Section(value["title"], value["rules"]) for letter, value in data["sections"].items()},
            {name: _rule(name, row) for name, row in data["rules"].items()},
            frozenset(data["vectors"]["official"]),
            frozenset(data["vectors"]["own"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is no register: {error!r}") from error


def _rule(name: str, row: Mapping[str, Any]) -> Rule:
    code = tuple(Place(*_halves(place, ":")) for place in row["code"])
    tests = tuple(Place(path, test.replace("::", ".")) for path, test in _pairs(row["tests"]))
    return Rule(name, row["rfc"], row["text"], code, tests)


def _halves(place: str, separator: str) -> tuple[str, str]:
    path, _, name = place.partition(separator)
    return path, name


def _pairs(places: Iterable[str]) -> Iterator[tuple[str, str]]:
    return (_halves(place, "::") for place in places)


@cache
def read_source(path: Path) -> Source | None:
    """Return what stands in a file; None if there is none."""
    if not path.is_file():
        return None
    text = path.read_text()
    definitions: dict[str, Lines] = {}
    parameters: dict[str, tuple[str, ...]] = {}
    _collect(ast.parse(text), "", definitions, parameters)
    return Source(definitions, parameters, _named_ids(text))


def _collect(
    node: ast.AST, prefix: str, definitions: dict[str, Lines], parameters: dict[str, tuple[str, ...]]
) -> None:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                name = prefix + child.name
                first = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)])
                definitions.setdefault(name, set()).update(range(first, (child.end_lineno or first) + 1))
                parameters[name] = tuple(_names_in(child.decorator_list))
                _collect(child, f"{name}.", definitions, parameters)
            case ast.Assign() | ast.AnnAssign() if isinstance(node, ast.Module | ast.ClassDef):
                for target in _targets(child):
                    lines = range(child.lineno, (child.end_lineno or child.lineno) + 1)
                    definitions.setdefault(prefix + target, set()).update(lines)
            case _:
                pass


def _names_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        yield from (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _targets(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return (target.id for target in targets if isinstance(target, ast.Name))


def _named_ids(text: str) -> dict[int, frozenset[str]]:
    named: dict[int, frozenset[str]] = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _TEXT_TOKENS:
            for line, part in enumerate(token.string.splitlines(), start=token.start[0]):
                named[line] = named.get(line, frozenset()) | frozenset(_ID.findall(part))
    return named


def rows_missing(register: Register) -> Iterator[Gap]:
    """Yield ids without a row, rows without an id, and rows that say nothing."""
    for name in register.ids:
        if name not in register.rules:
            yield Gap(name, "has no row")
    for name, rule in register.rules.items():
        if name not in register.ids:
            yield Gap(name, "is in no section")
        if not rule.text or not rule.rfc:
            yield Gap(name, "has no text or no source")


def checks_missing(register: Register, root: Path) -> Iterator[Gap]:
    """Yield rules without a check, and checks that are gone or do not name their rule."""
    for rule in register.rules.values():
        if not rule.code:
            yield Gap(rule.id, "has no check")
        for place in rule.code:
            source = read_source(root / place.path)
            if source is None or (place.name and place.name not in source.definitions):
                yield Gap(rule.id, f"{place} does not exist")
            elif rule.id not in source.ids(place.name):
                yield Gap(rule.id, f"{place} does not name it")


def tests_missing(register: Register, root: Path) -> Iterator[Gap]:
    """Yield rules without a test, and tests that are gone, are none or do not name their rule."""
    for rule in register.rules.values():
        if not rule.tests:
            yield Gap(rule.id, "has no test")
        for place in rule.tests:
            source = read_source(root / place.path)
            collected = Path(place.path).name.startswith("test_") and place.path.startswith("tests/")
            if source is None or place.name not in source.definitions:
                yield Gap(rule.id, f"{place} does not exist")
            elif not collected or not place.name.rpartition(".")[2].startswith("test_"):
                yield Gap(rule.id, f"{place} is no test")
            elif rule.id not in source.ids_of_test(place.name):
                yield Gap(rule.id, f"{place} does not name it")


def ids_unknown(register: Register, root: Path) -> Iterator[Gap]:
    """Yield ids that product code names and the register does not have."""
    for folder in PRODUCT:
        for path in sorted((root / folder).rglob("*.py")):
            source = read_source(path)
            named = frozenset() if source is None else source.ids("")
            for name in sorted(named - register.rules.keys()):
                if name[0] in register.sections:
                    yield Gap(name, f"is named in {path.relative_to(root)} and is no rule")


def lines_missing(register: Register, checklist: Path) -> Iterator[Gap]:
    """Yield what the checklist has and the register has not; nothing where the checklist is absent."""
    if checklist.is_file():
        listed = dict.fromkeys(_LISTED.findall(checklist.read_text()))
        if not listed:
            yield Gap("checklist", f"{checklist.name} has no rules")
        yield from (Gap(name, "is in the checklist only") for name in listed if name not in register.ids)


def vectors_missing(folder: Path, named: frozenset[str]) -> Iterator[Gap]:
    """Yield vector sets that are named and absent, present and unnamed, or empty."""
    present = {path.stem: path for path in sorted(folder.glob("*.json"))}
    yield from (Gap("vectors", f"{name} is gone") for name in sorted(named - present.keys()))
    yield from (Gap("vectors", f"{name} is not registered") for name in sorted(present.keys() - named))
    yield from (Gap("vectors", f"{name} is empty") for name, path in present.items() if not _cases(path))


def _cases(path: Path) -> int:
    """Count the cases of a set: a list of them, or an object of such lists."""
    value = json.loads(path.read_text())
    if isinstance(value, dict):
        return sum(len(part) for part in value.values() if isinstance(part, list | dict))
    return len(value) if isinstance(value, list) else 0


def check(register: Register, root: Path, shared: Path) -> tuple[Gap, ...]:
    """Return every gap between the register, the code, the tests and the data."""
    official = shared / "vectors" / "mls"
    found: list[Iterator[Gap]] = [
        rows_missing(register),
        checks_missing(register, root),
        tests_missing(register, root),
        ids_unknown(register, root),
        lines_missing(register, shared / "mls" / "validation-checklist.md"),
        vectors_missing(root / OWN_VECTORS, register.own_vectors),
    ]
    if official.is_dir():
        found.append(vectors_missing(official, register.official_vectors))
    return tuple(gap for gaps in found for gap in gaps)


def table(register: Register, gaps: Iterable[Gap]) -> Iterator[str]:
    """Yield one line for each section: how many rules it has, and how many have what."""
    broken = {gap.rule for gap in gaps}
    counts: tuple[Callable[[str], bool], ...] = (
        lambda _: True,
        lambda name: name in register.rules and bool(register.rules[name].code),
        lambda name: name in register.rules and bool(register.rules[name].tests),
        lambda name: name not in broken,
    )
    yield f"{'section':44}{'rules':>7}{'code':>7}{'tests':>7}{'complete':>10}"
    for letter, section in register.sections.items():
        ids = [name for name in register.ids if name[0] == letter]
        rules, code, tests, complete = (sum(map(holds, ids)) for holds in counts)
        yield f"{letter} {section.title:42}{rules:7}{code:7}{tests:7}{complete:10}"
    rules, code, tests, complete = (sum(map(holds, register.ids)) for holds in counts)
    yield f"{'all':44}{rules:7}{code:7}{tests:7}{complete:10}"


def main(register_path: Path = REGISTER, root: Path = ROOT, shared: Path = SHARED) -> int:
    """Print the table and the gaps; return the exit status."""
    register = read_register(register_path)
    gaps = check(register, root, shared)
    print("\n".join(table(register, gaps)))
    for gap in sorted(set(gaps)):
        print(f"{gap.rule}: {gap.text}")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
