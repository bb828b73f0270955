"""A synchronous feature grammar: loaded from data, checked, and drawn from.

``productions.yaml`` explains the notation of productions.  A table of ``lexicon/`` is one part of
speech: a column ``en`` or ``fr`` holds a form, ``en_past`` the form ``past``, ``fr:ms/fs`` two
forms in one cell; every other column is a feature; ``-`` is an empty cell.
"""

import random
import re
from collections import Counter
from collections.abc import Collection, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from seq2seq.errors import UserError, did_you_mean, location

START, RETRIES = "SENTENCE", 8
KEYS = {"when", "weight", "children", "head", "features", "en", "fr"}
CHILD = re.compile(r"([A-Z]+)=(\w+)\(([^()]*)\)")


class TreeNode:
    """A word or phrase; in templates its features are attributes, its forms format specs."""

    def __init__(self, features: Mapping[str, str], forms: Mapping[str, str]) -> None:
        self.features, self.forms = features, forms  # forms: en_past, en_ (the only one), fr_2

    def __getattr__(self, feature: str) -> str:
        return self.features.get(feature, "")

    def __format__(self, form: str) -> str:  # the form base_3s falls back to base
        return self.forms[form if form in self.forms else form.rpartition("_")[0]]


class Rule(NamedTuple):
    """A production, or an entry of the lexicon (with its ``node``); ``place``: file and line."""

    place: str
    weight: str
    when: Mapping[str, str]
    node: TreeNode | None = None
    children: tuple[tuple[str, str, dict[str, str]], ...] = ()  # name, symbol, features
    head: str = ""
    features: Mapping[str, str] = {}
    forms: Mapping[str, str] = {}  # templates of the parts


class Scope(dict[str, Any]):
    """Features and children by name, for templates; what is absent is empty."""

    def __missing__(self, name: str) -> TreeNode:
        return TreeNode({}, {"en_": "", "fr_": "", "": ""})


class Grammar:
    """Rules by symbol, checked; ``counts`` tells how often each was used, by place."""

    def __init__(self, folder: Path) -> None:
        self.counts: Counter[str] = Counter()
        self._fitting: dict[object, tuple[list[Rule], list[float]]] = {}
        self.rules = _productions(folder / "productions.yaml")
        for table in sorted((folder / "lexicon").glob("*.tsv")):
            header, *rows = (line.split("\t") for line in table.read_text("utf-8").splitlines())
            self.rules[table.stem] = [_entry(header, row, location(table, line))
                                      for line, row in enumerate(rows, 2)]  # fmt: skip
        called: dict[str, set[str]] = {START: set()}
        for rule in (rule for rules in self.rules.values() for rule in rules):
            if not re.fullmatch(r"\d*[1-9]\d*|\d+\.\d*[1-9]", rule.weight):
                raise UserError(f"{rule.place}: weight must be above 0, got `{rule.weight}`.")
            for _, symbol, features in rule.children:
                _check_known(rule.place, "symbol", [symbol], self.rules)
                if self.rules[symbol][0].node:
                    columns = {"not", *self.rules[symbol][0].when}
                    _check_known(rule.place, f"feature of `{symbol}`", features, columns)
                called.setdefault(symbol, set()).update(features)
        for symbol, rules in self.rules.items():
            _check_known(rules[0].place, "symbol to all productions:", [symbol], called)
            for rule in rules:
                known = called[symbol] | set(rule.when)
                last = (rule.head, "", {**rule.features, **rule.forms})
                for child, _, patterns in (*rule.children, last):
                    names = re.findall(r"\{(\w+)", " ".join(patterns.values()))
                    _check_known(rule.place, "reference", names, known)
                    known.add(child)

    def draw(self, rng: random.Random, symbol: str, scope: Scope) -> TreeNode | None:
        """A node that fits the features handed down; None if none was found."""
        given = {name: value for name, value in scope.items() if isinstance(value, str)}
        excluded = given.pop("not", "")
        rules, weights = self._fit(symbol, given)
        for _ in range(RETRIES if rules else 0):
            rule = rng.choices(rules, cum_weights=weights)[0]
            node = rule.node or self._expand(rng, rule, scope)
            if node and not (rule.node and _common(rule.when.get("head", "-"), excluded)):
                self.counts[rule.place] += 1
                return node
        return None

    def _fit(self, symbol: str, given: Mapping[str, str]) -> tuple[list[Rule], list[float]]:
        """The rules that no given feature contradicts, with cumulative weights."""
        key = (symbol, *sorted(given.items()))
        if key not in self._fitting:
            rules = [rule for rule in self.rules[symbol] if all(
                _common(value, given[name]) for name, value in rule.when.items() if name in given
            )]  # fmt: skip
            self._fitting[key] = (rules, list(accumulate(float(rule.weight) for rule in rules)))
        return self._fitting[key]

    def _expand(self, rng: random.Random, rule: Rule, inherited: Scope) -> TreeNode | None:
        scope = Scope(inherited)
        for name, value in rule.when.items():
            scope[name] = _common(value, inherited.get(name, value))
        for name, symbol, arguments in rule.children:
            handed = {key: (value[0] == "{" and scope.get(value[1:-1])) or value.format_map(scope)
                      for key, value in arguments.items()}  # fmt: skip
            node = self.draw(rng, symbol, Scope({key: x for key, x in handed.items() if x}))
            if node is None:
                return None
            scope[name] = node
        features = {name: value for name, value in scope.items() if isinstance(value, str)}
        features |= scope[rule.head].features if rule.head else {}
        features |= {name: value.format_map(scope) for name, value in rule.features.items()}
        try:
            return TreeNode(features, {form: " ".join(template.format_map(scope).split())
                                   for form, template in rule.forms.items()})  # fmt: skip
        except KeyError as error:
            raise UserError(f"{rule.place}: a word has no form {error}.") from error


def _common(first: str, second: str) -> str:
    """The alternatives (``a|b``) that are in both, in the order of the first."""
    return "|".join(each for each in first.split("|") if each in second.split("|"))


def _productions(path: Path) -> dict[str, list[Rule]]:
    try:
        top: Any = yaml.compose(path.read_text("utf-8"), Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        raise UserError(" ".join(f"{path}: {error}".split())) from error
    load = yaml.BaseLoader("").construct_document
    return {symbol.value: [_production(load(node), location(path, node.start_mark.line + 1))
                           for node in rules.value] for symbol, rules in top.value}  # fmt: skip


def _production(row: dict[str, Any], place: str) -> Rule:
    _check_known(place, "key", row, KEYS)
    text = row.pop("children", "")
    if rest := CHILD.sub("", text).strip() or " ".join({"weight", "en", "fr"} - row.keys()):
        raise UserError(f"{place}: `{rest}` is missing or not written NAME=symbol(feature=value).")
    children = tuple((name, symbol, dict(each.split("=") for each in features.split()))
                     for name, symbol, features in CHILD.findall(text))  # fmt: skip
    forms = {}
    for language in ("en", "fr"):
        template = re.sub(r"(?<!\S)\{(\w+):?", rf"{{\1:{language}_", row.pop(language))
        for number, part in enumerate(template.split("|"), 1):
            forms[f"{language}_{number if number > 1 else ''}"] = part
    weight, when = row.pop("weight"), row.pop("when", {})
    return Rule(place, weight, when, children=children, forms=forms, **row)


def _entry(header: list[str], row: list[str], place: str) -> Rule:
    if len(row) != len(header):
        raise UserError(f"{place}: {len(row)} columns, but the header has {len(header)}.")
    features: dict[str, str] = {}
    forms: dict[str, str] = {}
    for (column, _, keys), cell in zip((each.partition(":") for each in header), row, strict=True):
        name = column if "_" in column else f"{column}_"
        names = [f"{column}_{key}" for key in keys.split("/")] if keys else [name]
        cells = [""] * len(names) if cell == "-" else cell.split("/")
        if len(cells) != len(names):
            raise UserError(f"{place}: `{cell}` must be {len(names)} forms, {keys}.")
        if column.partition("_")[0] in ("en", "fr"):
            forms |= zip(names, cells, strict=True)
        else:
            features[column] = cells[0]
    return Rule(place, features.pop("weight", "1"), features, TreeNode(features, forms))


def _check_known(place: str, kind: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise UserError(f"{place}: unknown {kind} `{name}`{did_you_mean(name, known)}.")
