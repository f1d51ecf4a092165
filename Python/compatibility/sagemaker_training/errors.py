"""The toolkit's exceptions; `train` keeps their class in the failure file."""

from typing import Optional, Union


class ClientError(Exception):
    """The user's code or data are at fault."""


class _CalledProcessError(ClientError):
    """A program ended otherwise than with 0."""

    def __init__(self, cmd: object, return_code: object = None, output: Optional[Union[str, bytes]] = None,
                 info: Optional[str] = None) -> None:
        self.cmd, self.return_code, self.output, self.extra_info = cmd, str(return_code), output, info
        super().__init__(cmd)

    def __str__(self) -> str:
        output = self.output.decode("utf-8", "replace") if isinstance(self.output, bytes) else self.output or ""
        extra = "" if self.extra_info is None else '\nExtraInfo "%s"' % self.extra_info
        return '%s:\nExitCode %s\nErrorMessage "%s"%s\nCommand "%s"' % (
            type(self).__name__, self.return_code, output, extra, self.cmd)


class InstallModuleError(_CalledProcessError):
    """A module could not be installed."""


class InstallRequirementsError(_CalledProcessError):
    """The requirements could not be installed."""


class ImportModuleError(ClientError):
    """A module could not be imported."""


class ExecuteUserScriptError(_CalledProcessError):
    """The user's program failed."""


class ChannelDoesNotExistError(Exception):
    """A channel is not there."""
