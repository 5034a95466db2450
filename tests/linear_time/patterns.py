"""Collect every regular expression that the packages compile: those that modules hold, and those written where they are used."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

# Where documents, and what people write of them, are read.
PACKAGES = (
    "ragline.privacy",
    "ragline.preprocess",
    "ragline.ingest",
    "ragline.gates",
    "ragline.embed",
    "ragline.index",
    "ragline.retrieval",
    "ragline.evaluate",
    "ragline.feedback",
    "ragline.finetune",
    "ragline.contracts",
    "ragline.runtime",
    "ragline.lake",
    "ragline.registry",
)
_ANCHORED = {"match", "fullmatch"}
_FUNCTIONS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "compile"}


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands, and whether it is only ever tried at one place (``match``), never searched for."""

    name: str
    pattern: re.Pattern[Any]
    anchored: bool


def patterns() -> list[Found]:
    """All patterns of the packages."""
    return [found for module in modules() for found in (*_held(module), *_inline(module))]


def modules() -> list[ModuleType]:
    """All modules of the packages."""
    found = []
    for name in PACKAGES:
        package = importlib.import_module(name)
        found.append(package)
        found += [importlib.import_module(m.name) for m in pkgutil.walk_packages(package.__path__, f"{name}.")]
    return found


def _held(module: ModuleType) -> Iterator[Found]:
    tree = _tree(module)
    uses, imported = _uses(tree), _imported(tree)
    for name, value in vars(module).items():
        if name not in imported and not name.startswith("__"):
            for place, pattern in _inside(value, f"{module.__name__}.{name}", set()):
                yield Found(place, pattern, bool(uses.get(name)) and uses[name] <= _ANCHORED)


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))


def _imported(tree: ast.Module) -> set[str]:
    imports = (node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    return {alias.asname or alias.name for node in imports for alias in node.names}


def _inside(value: Any, place: str, seen: set[int]) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield place, value
    elif id(value) in seen:
        return
    elif isinstance(value, (tuple, list, set, frozenset)):
        seen.add(id(value))
        for number, part in enumerate(value):
            yield from _inside(part, f"{place}[{number}]", seen)
    elif isinstance(value, dict):
        seen.add(id(value))
        for key, part in value.items():
            yield from _inside(part, f"{place}[{key!r}]", seen)
    elif is_dataclass(value) and not isinstance(value, type):
        seen.add(id(value))
        for field in fields(value):
            yield from _inside(getattr(value, field.name), f"{place}.{field.name}", seen)


def _uses(tree: ast.AST) -> dict[str, set[str]]:
    """By name, how it is used: the methods that are called on it, and "value" where it is handed on."""
    called = {id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.setdefault(node.id, set()).add(called.get(id(node), "value"))
    return found


def _inline(module: ModuleType) -> Iterator[Found]:
    """Literals in calls such as ``re.sub(r"\\s+", …)`` inside functions."""
    for function, call in _calls_in_functions(module):
        if isinstance(call.args[0], ast.Constant):
            anchored = call.func.attr in _ANCHORED  # type: ignore[attr-defined]
            yield Found(f"{module.__name__}:{function}:{call.lineno}", re.compile(call.args[0].value), anchored)


def computed() -> set[str]:
    """Functions that put a pattern together from parts: nobody but they knows which."""
    return {
        f"{module.__name__}:{function}"
        for module in modules()
        for function, call in _calls_in_functions(module)
        if not isinstance(call.args[0], ast.Constant)
    }


def _calls_in_functions(module: ModuleType) -> Iterator[tuple[str, ast.Call]]:
    """Calls of functions of ``re`` with a pattern that is no name of the module, inside functions, with the function's name."""
    for node in ast.walk(_tree(module)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
                of_re = isinstance(call.func.value, ast.Name) and call.func.value.id == "re"
                if of_re and call.func.attr in _FUNCTIONS:
                    yield node.name, call
