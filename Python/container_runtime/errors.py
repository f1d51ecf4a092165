"""Exceptions that name their own class in the failure file: `raise UserError("column 3 is empty")`.

Any exception can do so with an attribute `failure_class`, and give its own exit status with `return_code`.
"""

from typing import Optional


class FrameworkError(Exception):
    """The framework itself cannot go on."""

    failure_class = "FrameworkError"
    return_code = 1


class UserError(FrameworkError):
    """The user's data or values are at fault, and not the framework."""

    failure_class = "ClientError"


class ImportModuleError(FrameworkError):
    """The user's module is not there or cannot be imported."""

    failure_class = "ImportModuleError"


class ExecuteUserScriptError(FrameworkError):
    """A program of the user's ended otherwise than with 0; `return_code` becomes the job's exit status."""

    failure_class = "ExecuteUserScriptError"

    def __init__(self, message: str, return_code: int = 1, cmd: Optional[str] = None) -> None:
        super().__init__(message)
        self.return_code = return_code
        self.cmd = cmd
