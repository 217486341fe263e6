"""Types and shapes of all that lossviz's functions take and give back, looked at in one wrapper a call.

jaxtyping's own wrapper binds the signature at every call, looks at each argument twice, and compiles a function that
another one makes anew at every call of that one; all this to say more when something is wrong. Here beartype looks once at
each argument and at the result, with a memory of sizes for each call as jaxtyping has it. The Makefile loads this file with
``-p tests.shapes`` beside ``--jaxtyping-packages``.
"""

import inspect
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import partial, wraps
from pathlib import Path
from threading import local
from types import CodeType
from typing import Any, get_type_hints

import jaxtyping
import pytest
from jaxtyping._decorator import _destring_annotation
from jaxtyping._storage import clear_treeflatten_memo, pop_shape_memo, push_shape_memo

Function = Callable[..., Any]

at_length = jaxtyping.jaxtyped
ROOT = Path(__file__).parent.parent / "lossviz"
TENSORS = {
    f"lossviz.{folder.name}"
    for folder in ROOT.iterdir()
    if folder.is_dir() and any("jaxtyping" in file.read_text("utf-8") for file in folder.rglob("*.py"))
}
"""Packages whose functions say shapes."""
EVERYWHERE: list[bool] = []
"""Not empty where the functions of all packages are looked at."""


class Waiting(local):
    """Functions whose arguments are being looked at, the innermost last; a list for each thread."""

    def __init__(self) -> None:
        self.functions: list[Function] = []


_waiting = Waiting()
_inner: dict[CodeType, Function] = {}
"""What looks at a function that is made inside another one, by its code: it is made again and again."""


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before lossviz is imported: jaxtyping's import hook writes ``jaxtyping.jaxtyped`` above every def and class."""
    if not early_config.known_args_namespace.markexpr:  # make test-all
        EVERYWHERE.append(True)
    jaxtyping.jaxtyped = checked
    clear_treeflatten_memo()  # else each look at an array raises and catches an error to learn that there is none


def checked(what: Any = None, *, typechecker: Any) -> Any:
    """A function that looks at what it is given and gives back; a dataclass that looks at what it is made of."""
    if what is None:
        return partial(checked, typechecker=typechecker)
    if left_out(what):
        return what
    if inspect.isclass(what):
        if is_dataclass(what) and not hasattr(what.__init__, "looks"):
            what.__init__ = checked(what.__init__, typechecker=typechecker)
        return what
    if isinstance(what, classmethod | staticmethod):
        return type(what)(checked(what.__func__, typechecker=typechecker))
    if isinstance(what, property):
        return property(*(way and checked(way, typechecker=typechecker) for way in (what.fget, what.fset, what.fdel)))
    if inspect.isgeneratorfunction(what) or inspect.iscoroutinefunction(what):
        return at_length(what, typechecker=typechecker)  # works on when its wrapper is left
    leave_out_what_is_not_there(what)
    return looking(what, inside(what, typechecker) if "<locals>" in what.__qualname__ else typechecker(what))


def left_out(what: Any) -> bool:
    """Whether what is defined there is not looked at: of packages without tensors, which mypy reads, unless all is."""
    package = ".".join(str(getattr(what, "__module__", "")).split(".")[:2])
    return not EVERYWHERE and package.startswith("lossviz.") and package not in TENSORS


def leave_out_what_is_not_there(what: Function) -> None:
    """A name in quotes that only a type checker imports, or that is not yet defined, is no hint; so jaxtyping has it."""
    try:
        get_type_hints(what, include_extras=True)
    except NameError:
        what.__annotations__ = {
            n: _destring_annotation(hint, what.__globals__) for n, hint in what.__annotations__.items()
        }


def looking(what: Function, at: Function) -> Function:
    """The function, called by way of ``at``."""

    @wraps(what)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        push_shape_memo({})
        try:
            return at(*args, **kwargs)
        finally:
            pop_shape_memo()

    wrapper.looks = True  # type: ignore[attr-defined]
    return wrapper


def inside(what: Function, typechecker: Callable[[Function], Function]) -> Function:
    """What looks at a function with this code, whichever was made last."""

    @wraps(what)
    def next_one(*args: Any, **kwargs: Any) -> Any:
        return _waiting.functions.pop()(*args, **kwargs)

    if what.__code__ not in _inner:
        _inner[what.__code__] = typechecker(next_one)
    check = _inner[what.__code__]

    def at(*args: Any, **kwargs: Any) -> Any:
        before = len(_waiting.functions)
        _waiting.functions.append(what)
        try:
            return check(*args, **kwargs)
        finally:
            del _waiting.functions[before:]

    return at
