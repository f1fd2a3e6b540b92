"""The two languages of the program: every message stands in the code in English and Chinese, side by side.

`say("3 files", "3个文件")` is for what is shown where it is made; `Message("3 files", "3个文件")` for what is made far
from where it is shown, such as errors, which a worker sends and a database stores. Data and what programs read (JSON,
codes, names of columns) are in no language. The command line chooses once, before anything is shown:

>>> say("report", "报告")
'report'
>>> choose("zh")
>>> say("report", "报告")
'报告'
>>> choose("en")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_chosen: Language = "en"


def choose(language: Language) -> None:
    """Show everything in this language from now on."""
    global _chosen
    _chosen = language


def chosen() -> Language:
    """The language in which everything is shown."""
    return _chosen


def say(en: str, zh: str) -> str:
    """One of the two, by the chosen language."""
    return zh if _chosen == "zh" else en


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence in both languages; `str` gives the chosen one, for people. Programs store and send both."""

    en: str
    zh: str

    def __str__(self) -> str:
        return say(self.en, self.zh)

    def at(self, place: object) -> Message:
        """The message with the place that it speaks of in front.

        >>> Message("is empty", "是空文件").at("a.doc")
        Message(en='a.doc: is empty', zh='a.doc：是空文件')
        """
        return Message(f"{place}: {self.en}", f"{place}：{self.zh}")


def language_of(environment: Mapping[str, str]) -> Language:
    """The language that the environment asks for: the first of LC_ALL, LC_MESSAGES and LANG that is set decides.

    >>> language_of({"LANG": "zh_CN.GBK"}), language_of({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}), language_of({})
    ('zh', 'en', 'en')
    """
    named = next((name for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (name := environment.get(key))), "")
    return "zh" if named.lower().startswith("zh") else "en"
