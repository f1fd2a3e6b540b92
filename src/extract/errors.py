"""What can go wrong with a user's files, rules and databases: one class per remedy, one sentence per case.

Every error carries a stable `code` for machines and a message, in both languages, that says what was found and what to
do. The caller that knows the file name puts it in front. Anything else that is raised is a fault of this program and
keeps its traceback.
"""

from __future__ import annotations

from extract.language import Message


class ExtractError(Exception):
    """Base of all errors that the user can act on."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[ExtractError], tuple[str, Message]]:  # so that workers can send it
        return type(self), (self.code, self.message)


class ReadError(ExtractError):
    """The bytes are not a document that can be read: empty, broken, encrypted or of an unknown format."""


class SourceError(ExtractError):
    """A path cannot be opened: missing, not permitted, not a file."""


class UsageError(ExtractError):
    """The command asks for something that is not there or not possible: an unknown form, a query that fails."""


class RuleError(ExtractError):
    """A rule file is wrong; the message names file, line and key."""


class StoreError(ExtractError):
    """The database cannot be used: locked by another process, not ours, or of another version."""


class ClusterError(ExtractError):
    """The machines of a cluster cannot do it: not reachable, of another version, without the folders that they need."""
