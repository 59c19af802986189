"""A ``gcloud`` that records what it is asked, knows which commands and options there are, and what was made before.

Options are those of Google Cloud SDK 528; anything else is refused as gcloud would, with exit code 2.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

RECORD = "GCLOUD_STAND_IN"
"""Names the folder for the record (``calls``) and what was made (``made``)."""

_QUEUE = {
    "location", "max-dispatches-per-second", "max-concurrent-dispatches", "max-attempts", "min-backoff", "max-backoff",
    "max-doublings", "max-retry-duration",
}  # fmt: skip
_JOB = {
    "location", "schedule", "time-zone", "uri", "http-method", "message-body", "oidc-service-account-email",
    "oidc-token-audience", "attempt-deadline", "max-retry-attempts", "min-backoff", "max-backoff",
}  # fmt: skip
_BINDING = {"member", "role"}
OPTIONS: dict[str, set[str]] = {
    "auth login": set(),
    "projects create": {"name", "set-as-default"},
    "projects delete": set(),
    "projects add-iam-policy-binding": _BINDING | {"condition"},
    "projects remove-iam-policy-binding": _BINDING | {"condition"},
    "artifacts repositories delete": {"location"},
    "billing projects link": {"billing-account"},
    "config set": set(),
    "services enable": set(),
    "iam service-accounts create": {"display-name", "description"},
    "iam service-accounts describe": set(),
    "iam service-accounts delete": set(),
    "iam service-accounts add-iam-policy-binding": _BINDING,
    "functions deploy": {
        "gen2", "region", "runtime", "source", "entry-point", "trigger-http", "no-allow-unauthenticated", "memory", "cpu",
        "run-service-account", "build-service-account", "concurrency", "min-instances", "max-instances", "timeout", "set-build-env-vars",
        "set-env-vars", "update-env-vars",
    },
    "functions describe": {"gen2", "region", "format"},
    "functions delete": {"gen2", "region"},
    "functions logs read": {"gen2", "region", "limit", "min-log-level"},
    "run services add-iam-policy-binding": _BINDING | {"region"},
    "tasks queues create": _QUEUE,
    "tasks queues update": _QUEUE,
    "tasks queues describe": {"location"},
    "tasks queues delete": {"location"},
    "tasks queues pause": {"location"},
    "tasks queues resume": {"location"},
    "tasks queues purge": {"location"},
    "tasks queues add-iam-policy-binding": _BINDING | {"location"},
    "tasks list": {"location", "queue"},
    "scheduler jobs create http": _JOB | {"headers"},
    "scheduler jobs update http": _JOB | {"update-headers"},
    "scheduler jobs describe": {"location"},
    "scheduler jobs delete": {"location"},
    "scheduler jobs pause": {"location"},
    "scheduler jobs resume": {"location"},
    "scheduler jobs run": {"location"},
    "scheduler jobs list": {"location", "format"},
    "logging read": {"freshness", "limit", "format", "order"},
}  # fmt: skip
EVERYWHERE = {"project", "quiet"}
_KIND = {
    "functions deploy": "functions", "iam service-accounts create": "iam service-accounts",
    "tasks queues create": "tasks queues", "scheduler jobs create http": "scheduler jobs",
}  # fmt: skip


def taken_apart(arguments: list[str]) -> tuple[str, list[str], dict[str, str]]:
    """(command, what it is about, options); ValueError where gcloud would not know what is meant."""
    words: list[str] = []
    while arguments and not arguments[0].startswith("-") and " ".join(words) not in OPTIONS:
        words.append(arguments[0])
        arguments = arguments[1:]
    command = " ".join(words)
    if command not in OPTIONS:
        raise ValueError(f"no such command: {command}")
    about, options = [], {}
    for argument in arguments:
        if not argument.startswith("--"):
            about.append(argument)
            continue
        name, _, value = argument[2:].partition("=")
        if name not in OPTIONS[command] | EVERYWHERE:
            raise ValueError(f"unrecognized arguments: --{name} of {command}")
        options[name] = value
    return command, about, options


def main() -> int:
    """One call."""
    folder = Path(os.environ[RECORD])
    try:
        command, about, options = taken_apart(sys.argv[1:])
    except ValueError as error:
        print(f"ERROR: (gcloud) {error}", file=sys.stderr)
        return 2
    with (folder / "calls").open("a") as calls:
        calls.write(json.dumps([command, about, options]) + "\n")
    moody = folder / "moody"
    if command.endswith("binding") and moody.exists():
        moody.unlink()
        print("ERROR: (gcloud) INVALID_ARGUMENT: Service account does not exist.", file=sys.stderr)
        return 1
    made = folder / "made"
    known = set(made.read_text().splitlines()) if made.exists() else set()
    group, _, verb = command.rpartition(" ")
    name = about[0].partition("@")[0] if about else ""
    if command in _KIND:
        thing = f"{_KIND[command]} {name}"
        if thing in known and verb in {"create", "http"}:
            print("ERROR: (gcloud) ALREADY_EXISTS", file=sys.stderr)
            return 1
        made.write_text("\n".join(sorted(known | {thing})))
    if verb in {"describe", "update"} and f"{group} {name}" not in known:
        print("ERROR: (gcloud) NOT_FOUND", file=sys.stderr)
        return 1
    if verb == "delete":
        made.write_text("\n".join(sorted(known - {f"{group} {name}"})))
    if command == "scheduler jobs list":
        print(
            *(thing.removeprefix("scheduler jobs ") for thing in known if thing.startswith("scheduler jobs ")), sep="\n"
        )
    if command == "functions describe":
        print(f"https://{name}-abc-rj.a.run.app")
    return 0


if __name__ == "__main__":
    sys.exit(main())
