"""How hyperparameters become arguments and variables: the rules that `train` and the toolkit share."""

import json
from typing import Any, Dict, List, Mapping, Optional, Tuple

#: Hyperparameters that the platform or its client sends beside those of the user.
PLATFORM_HYPERPARAMETERS = (
    "sagemaker_program",
    "sagemaker_submit_directory",
    "sagemaker_enable_cloudwatch_metrics",
    "sagemaker_region",
    "sagemaker_container_log_level",
    "sagemaker_job_name",
    "default_user_module_name",
    "_tuning_objective_metric",
    "sagemaker_s3_output",
)


def decode(values: Mapping[str, Any]) -> Dict[str, Any]:
    """Returns the hyperparameters with every text that is JSON decoded, since the SDK encodes them."""
    decoded: Dict[str, Any] = {}
    for key, value in values.items():
        decoded[key] = value
        if isinstance(value, str):
            try:
                decoded[key] = json.loads(value)
            except ValueError:
                pass
    return decoded


def split(values: Mapping[str, Any]) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    """Returns the user's hyperparameters and the platform's."""
    user: Dict[str, Any] = {}
    platform: Dict[str, Any] = {}
    for key, value in values.items():
        ours = key.startswith("sagemaker_") or key in PLATFORM_HYPERPARAMETERS
        (platform if ours else user)[key] = value
    return user, platform


def to_cmd_args(values: Mapping[str, Any]) -> List[str]:
    """Returns two words for each value: its name with one dash or two, and its text.

    `{"batch-size": 64, "k": True}` gives `["--batch-size", "64", "-k", "True"]`; names are in the order of code points.
    """
    words: List[str] = []
    for key in sorted(values):
        dashes = "" if not key else "-" if len(key) == 1 else "--"
        words += [dashes + key, _argument(values[key])]
    return words


def to_env_vars(values: Mapping[str, Any]) -> Dict[str, str]:
    """Returns a variable for each value: SM_ and its name in capitals; text as it is, everything else as JSON."""
    return {"SM_" + key.upper() if key else "": _variable(value) for key, value in values.items()}


def _argument(value: Optional[Any]) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ",".join("%s=%s" % (key, value[key]) for key in sorted(value))
    return str(value)


def _variable(value: Optional[Any]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
