"""A text for people before anybody reads it: its code in the catalogues, and what is filled into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

import msgspec

from engine.texts.catalogue import shipped
from engine.texts.language import Language

__all__ = [
    "Param",
    "Readable",
    "ReadableField",
    "Text",
    "hint_of",
    "in_full",
    "reason_of",
    "render",
    "stored",
    "text_from",
    "with_texts",
]


LONGEST = 1000
"""Characters of a user's value that are shown or kept; more is somebody's data with a few words of ours round it."""


class Text:
    """`Text("flow.wire-twice", source="a", target="b")`: rendered only when it is read, in the language of who reads it.

    Parameters are numbers, names and values of the user's (never translated), other texts, words that somebody has given in
    both languages ({"zh": …, "en": …}), or sequences of these, which the catalogue joins. `str(text)` is English, for logs.
    Two texts of one code, equal parameters and an equal hint are equal.

    Any exception may carry one as its first argument: `raise ValueError(Text("paths.none", path=path))`; see `reason_of`.
    """

    __slots__ = ("code", "hint", "params")

    def __init__(self, code: str, /, **params: Param) -> None:
        self.code = code
        self.params: Mapping[str, Param] = params
        self.hint: Text | None = None

    def with_hint(self, hint: Text | None) -> Text:
        """The text with what to do next in this very case, instead of what the catalogue says beside it; None changes nothing."""
        if hint is None:
            return self
        copy = Text(self.code, **self.params)
        copy.hint = hint
        return copy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.code, self.params, self.hint) == (other.code, other.params, other.hint)

    def __hash__(self) -> int:
        return hash((self.code, *(one for one in self.params.values() if isinstance(one, str | int | float))))

    def __repr__(self) -> str:
        return f"Text({', '.join([repr(self.code), *(f'{name}={value!r}' for name, value in self.params.items())])})"

    def __str__(self) -> str:
        return render(self, "en")


Readable: TypeAlias = Union[Text, str]  # noqa: UP007 - `|` would need the class at import time
"""A text of ours, or words that are somebody else's (an integrator's, a server's) and stay as they are."""
if TYPE_CHECKING:
    ReadableField: TypeAlias = Readable
else:
    # msgspec has no unions with a class that it does not know, but writes any value.
    ReadableField = Annotated[Any, msgspec.Meta(extra_json_schema={"type": "string"})]
"""The type of a field of an API answer that holds a `Readable`: a string, in the language of who asks."""
Param: TypeAlias = Union[Readable, int, float, Mapping[str, str], Sequence[Union[Readable, int, float]]]  # noqa: UP007


def render(text: Readable, language: Language) -> str:
    """The text in a language. Never raises: a code that is in no catalogue (of a pack that is gone) is shown with its parameters."""
    if isinstance(text, str):
        return text
    template = shipped().texts[language].get(text.code)
    if template is None:
        shown = (f"{name}={_shown(value, language=language)}" for name, value in text.params.items())
        return " ".join([text.code, *shown])
    return template.fill(text.params, partial(_shown, language=language))


def hint_of(text: Readable, language: Language) -> str:
    """What to do next: what the text brings, else what the catalogue says beside it; "" where neither says anything."""
    if isinstance(text, str):
        return ""
    if text.hint is not None:
        return render(text.hint, language)
    template = shipped().hints[language].get(text.code)
    return "" if template is None else template.fill(text.params, partial(_shown, language=language))


def in_full(text: Readable, language: Language) -> str:
    """The text and, behind a semicolon, what to do next."""
    hint = hint_of(text, language)
    return f"{render(text, language)}{'；' if language == 'zh' else '; '}{hint}" if hint else render(text, language)


def reason_of(error: BaseException) -> Readable:
    """What an exception says: the text that it carries, else its words."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Text) else str(error)


def stored(text: Readable) -> dict[str, Any] | str:
    """The text as JSON that can be kept: {"code": …, "params": {…}}; words of somebody else's as they are."""
    if isinstance(text, str):
        return text
    kept: dict[str, Any] = {
        "code": text.code,
        "params": {name: _stored_param(one) for name, one in text.params.items()},
    }
    return kept if text.hint is None else {**kept, "hint": stored(text.hint)}


def text_from(value: Any) -> Readable:
    """A text from what `stored` made of it; what is none becomes words. Never raises: it reads what other versions wrote."""
    match value:
        case {"code": str(code), "params": dict(params)}:
            text = Text(code, **{str(name): _param_from(one) for name, one in params.items()})
            hint = text_from(value.get("hint"))
            return text.with_hint(hint if isinstance(hint, Text) else None)
        case str():
            return value
    return "" if value is None else str(value)


def with_texts(value: Any) -> Any:
    """JSON that was kept, with texts again wherever `stored` had written one."""
    if isinstance(value, list):
        return [with_texts(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = text_from(value) if value.keys() - {"hint"} == {"code", "params"} else ""
    return found if isinstance(found, Text) else {name: with_texts(one) for name, one in value.items()}


def _shown(value: Any, how: str = "", *, language: Language) -> str:
    if isinstance(value, Text):
        return _SHOWN.get(how, render)(value, language)
    if isinstance(value, Mapping):
        return _shown(value.get(language, next(iter(value.values()), "")), language=language)
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[: LONGEST - 1]}…"
    return str(value).lower() if isinstance(value, bool) else str(value)


_SHOWN: Mapping[str, Callable[[Readable, Language], str]] = {"full": in_full, "hint": hint_of, "sentences": in_full}


def _stored_param(value: Param) -> Any:
    if isinstance(value, Text):
        return stored(value)
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return dict(value)
    return [_stored_param(one) for one in value]


def _param_from(value: Any) -> Any:
    if isinstance(value, list):
        return [_param_from(one) for one in value]
    if isinstance(value, int | float) or (isinstance(value, dict) and "code" not in value):
        return value
    return text_from(value)
