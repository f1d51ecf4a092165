"""No account, nobody's settings, no telemetry and no network for the client that is imported after this."""

import logging
import os
import pathlib
import sys

# Credentials that are none, and nobody's settings.
os.environ.update(
    AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
    SAGEMAKER_ADMIN_CONFIG_OVERRIDE=str(pathlib.Path(__file__).with_name("config.yaml")),
    SAGEMAKER_USER_CONFIG_OVERRIDE=os.devnull,
    SAGEMAKER_SUPPRESS_V2_WARNING="1",
)
for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
    os.environ.pop(name, None)

# What it tells in passing goes to stdout, unless its configuration is to keep quiet.
for name in ("sagemaker", "sagemaker.config"):
    logging.getLogger(name).setLevel(logging.WARNING)

calls = []


def _watch(event, arguments):
    """Refuses and notes every name and address that this process looks for; the engine's socket is a file."""
    if event == "socket.getaddrinfo" or (event == "socket.connect" and not isinstance(arguments[1], (str, bytes))):
        calls.append((event, *map(str, arguments)))
        raise PermissionError(f"{event} {arguments}: nothing here needs a network")


sys.addaudithook(_watch)
