"""What typer says by itself, in the chosen language: the frame of every help text, and what is wrong with a command."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from typer.core import TyperCommand, TyperGroup

from extract.language import chosen, say

AnyCommand = TypeVar("AnyCommand", bound=Callable[..., None])


def in_chinese(text: str) -> Callable[[AnyCommand], AnyCommand]:
    """A decorator: the help of a command in Chinese; its docstring is the help in English."""

    def explained(command: AnyCommand) -> AnyCommand:
        command.__doc__ = say(command.__doc__ or "", text)
        return command

    return explained


class _Frame:
    """The words around a command's own help."""

    def get_usage(self, ctx: Any) -> str:
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("Usage: ", say("Usage: ", "用法："), 1)

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        option.help = say("Show this message and exit.", "显示本帮助。")
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from typer import rich_utils

        rich_utils.ARGUMENTS_PANEL_TITLE = say("Arguments", "参数")
        rich_utils.OPTIONS_PANEL_TITLE = say("Options", "选项")
        rich_utils.COMMANDS_PANEL_TITLE = say("Commands", "命令")
        rich_utils.DEFAULT_STRING = say("[default: {}]", "[默认：{}]")
        rich_utils.REQUIRED_LONG_STRING = say("[required]", "[必填]")
        super().format_help(ctx, formatter)  # type: ignore[misc]


class Command(_Frame, TyperCommand):
    """A command whose help is in the chosen language."""


class Group(_Frame, TyperGroup):
    """A group of commands whose help is in the chosen language."""


def usage_error(message: str) -> str:
    """A complaint of typer's in the chosen language; one that is not listed below stays in English.

    >>> usage_error("No such option: --foo (Possible options: --forms)")
    'No such option: --foo (Possible options: --forms)'
    """
    said = message.replace("Value error, ", "").rstrip(".")
    if chosen() == "zh":
        for english, chinese in _CHINESE:
            said = re.sub(english, chinese, said)
    return said


_CHINESE = (
    (r"^No such command (\S+?)(?=\.|$)", r"没有命令 \1"),
    (r"^No such option: (\S+)", r"没有选项 \1"),
    (r"^Missing argument (.+)", r"缺少参数 \1"),
    (r"^Missing option (.+)", r"缺少选项 \1"),
    (r"^Missing command", "缺少命令"),
    (r"^Option (\S+) requires an argument", r"选项 \1 要带一个值"),
    (r"^Option (\S+) does not take a value", r"选项 \1 不带值"),
    (r"^Got unexpected extra arguments?(?:\(s\))? \((.+)\)", r"多余的参数：\1"),
    (r"^Invalid value for (.+?): ", r"\1 的值无效："),
    (r"Input should be greater than or equal to (\S+)", r"不得小于 \1"),
    (r"Input should be less than or equal to (\S+)", r"不得大于 \1"),
    (r"Input should be a valid integer.*", "应为整数"),
    (r"Input should be a valid number.*", "应为数字"),
    (r"(\S+) is not one of (.+)", r"\1 不在可选值之内：\2"),
    (r"(\S+) does not match the formats? (.+)", r"\1 的格式应为 \2"),
    (r"\.? Did you mean (.+?)\?", r"，是否指 \1"),
    (r" ?\(Possible options: (.+)\)", r"，是否指 \1"),
)
