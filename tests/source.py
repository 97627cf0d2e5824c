"""The program's own source, read for what must not stand in it."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = "deepbrain_desktop"
SOURCE = Path(__file__).parents[1] / PACKAGE
GENERATED = {"resources_rc"}


class Module(NamedTuple):
    name: str
    """Below the package; empty for the package itself."""
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]


def module(path: Path) -> Module:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    name = ".".join(part for part in parts if part != "__init__")
    return Module(name, ast.parse(path.read_text("utf-8"), path.name))


MODULES = [module(path) for path in sorted(SOURCE.rglob("*.py")) if path.stem not in GENERATED]


class Import(NamedTuple):
    target: str
    line: int
    at_load: bool
    """Whether it happens when the module is loaded."""


def imports(tree: ast.Module) -> Iterator[Import]:
    yield from _imports(tree, at_load=True)


def _imports(node: ast.AST, *, at_load: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import(names=names):
                for name in names:
                    yield Import(name.name, child.lineno, at_load)
            case ast.ImportFrom(module=origin, names=names, level=level):
                assert level == 0, f"relative import in line {child.lineno}"
                for name in names:
                    yield Import(_target(origin or "", name.name), child.lineno, at_load)
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=orelse):
                for part in body:
                    yield from _imports(ast.Module([part], []), at_load=False)
                for part in orelse:
                    yield from _imports(ast.Module([part], []), at_load=at_load)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from _imports(child, at_load=False)
            case _:
                yield from _imports(child, at_load=at_load)


def imported_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What is imported, in full, with the line where that happens."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names)
            case ast.ImportFrom(module=str(origin), names=names):
                yield from ((node.lineno, f"{origin}.{name.name}") for name in names)


def origins(tree: ast.Module) -> dict[str, str]:
    """What each name that an import brings stands for, in full."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for name in names:
                    top = name.name.partition(".")[0]
                    found |= {name.asname: name.name} if name.asname else {top: top}
            case ast.ImportFrom(module=str(origin), names=names):
                found |= {name.asname or name.name: f"{origin}.{name.name}" for name in names}
    return found


def in_full(name: str, known: dict[str, str]) -> str:
    """A dotted name as it is where its first part comes from."""
    first, dot, rest = name.partition(".")
    return known.get(first, first) + dot + rest


def _target(origin: str, name: str) -> str:
    """The module that ``from origin import name`` needs."""
    below = SOURCE.parent.joinpath(*origin.split("."), name)
    is_module = below.with_suffix(".py").is_file() or (below / "__init__.py").is_file()
    return f"{origin}.{name}" if is_module or origin == "PySide6" else origin


Check = Callable[[Module], Iterator[str]]


def broken_in(check: Check) -> list[str]:
    return [f"{each.name or PACKAGE}, {what}" for each in MODULES for what in check(each)]
