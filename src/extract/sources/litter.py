"""Litter: files that programs leave beside documents. They are never forms, and passed over by name.

>>> litter_kind("司法局/~$申报表.doc"), litter_kind("__MACOSX/司法局/._申报表.doc"), litter_kind("司法局/申报表.doc")
('lock_file', 'resource_fork', None)
"""

from __future__ import annotations

import re

from extract.language import Message

LITTER: dict[str, Message] = {
    "lock_file": Message(
        "a lock file of an office program, which holds a user's name and nothing else", "办公软件的锁文件，只含用户名"
    ),
    "resource_fork": Message("macOS's own notes about a file", "macOS 自己的文件说明"),
    "thumbnail": Message("a folder's thumbnails or settings", "文件夹的缩略图或设置"),
    "inline_picture": Message("a picture in the text of an e-mail", "邮件正文中的图片"),
    "not_a_file": Message("a link or device, which has no content of its own", "链接或设备，自身没有内容"),
    "hidden": Message("hidden by its name, which begins with a point", "以点开头的隐藏文件"),
}
"""Every kind of litter with what it is; the names are statuses of files, and no failures."""

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("lock_file", re.compile(r"~\$.*|\.~lock\..*#|\.~.*")),
    ("resource_fork", re.compile(r"__MACOSX|\._.*|\.DS_Store")),
    ("thumbnail", re.compile(r"thumbs\.db|ehthumbs\.db|desktop\.ini", re.IGNORECASE)),
    ("hidden", re.compile(r"\.[^./\\].*")),
)


def litter_kind(name: str) -> str | None:
    """The kind of litter that a file or member is by its name, or by that of a folder in it; None for all others."""
    for part in re.split(r"[/\\]", name):
        for kind, pattern in _KINDS:
            if pattern.fullmatch(part):
                return kind
    return None
