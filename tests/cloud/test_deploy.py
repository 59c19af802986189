"""``deploy.sh`` against a stand-in for gcloud that knows gcloud's commands and options and remembers what was made."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from cloud_function import allowed, registry
from cloud_function.cloud_tasks import DEADLINE, Lanes
from cloud_function.slots import LASTS
from tests.cloud.deployment import SCRIPT, queue_message
from tests.cloud.gcloud_stand_in import RECORD, taken_apart

ROOT = SCRIPT.parent.parent
BOOK, OTHER = "1SpreadsheetIdFromTheAddressBar00000000000", "1AnotherSpreadsheetId0000000000000000000000"
WORKER = "sheets-sync@shop.iam.gserviceaccount.com"
Call = tuple[str, list[str], dict[str, str]]


@dataclass
class Cloud:
    """A project that is empty at first."""

    folder: Path

    def deploy(self, *options: str, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
        place = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [str(SCRIPT), *options], env={**os.environ, "PATH": place, RECORD: str(self.folder)}, cwd=self.folder,
            text=True, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == exit_code, done.stderr
        return done

    def calls(self) -> list[Call]:
        """What was asked since the last time; looking is left out."""
        file = self.folder / "calls"
        found = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        file.unlink(missing_ok=True)
        return [
            (command, about, options)
            for command, about, options in found
            if not command.endswith((" describe", " list"))
        ]


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    gcloud = tmp_path / "gcloud"
    python, root = shlex.quote(sys.executable), shlex.quote(str(ROOT))
    gcloud.write_text(f'#!/bin/sh\ncd {root} && exec {python} -m tests.cloud.gcloud_stand_in "$@"\n')
    gcloud.chmod(0o755)
    return Cloud(tmp_path)


def of(calls: list[Call], command: str) -> list[Call]:
    return [call for call in calls if call[0] == command]


def variables(call: Call) -> dict[str, str]:
    text = call[2]["set-env-vars"].removeprefix("^;^")
    return dict(part.partition("=")[::2] for part in text.split(";"))


def test_one_workbook_needs_a_function_and_a_job(cloud: Cloud) -> None:
    told = cloud.deploy("--project", "shop", "--workbook", BOOK, "--at", "08:09", "--time-zone", "Europe/Madrid").stdout
    calls = cloud.calls()
    (function,) = of(calls, "functions deploy")
    assert variables(function) == {allowed.VARIABLE: BOOK}
    ((_, _, job),) = of(calls, "scheduler jobs create http")
    assert (job["schedule"], job["time-zone"]) == ("9 8 * * *", "Europe/Madrid")
    assert json.loads(job["message-body"]) == {"workbook": BOOK}
    assert job["uri"] == job["oidc-token-audience"] == "https://sheets-sync-sync-abc-rj.a.run.app"
    assert not of(calls, "tasks queues create")
    assert WORKER in told
    assert "scheduler jobs run sheets-sync " in told


def test_a_registry_needs_a_queue_and_dispatch_every_hour(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.deploy("--project", "shop", "--registry", BOOK, "--accounts", "2")
    calls = cloud.calls()
    assert [about[0] for _, about, _ in of(calls, "functions deploy")] == [
        "sheets-sync-sync", "sheets-sync-sync-2", "sheets-sync-dispatch",
    ]  # fmt: skip
    first, second, dispatch = of(calls, "functions deploy")
    assert [call[2]["entry-point"] for call in (first, second, dispatch)] == ["sync", "sync", "dispatch"]
    assert first[2]["run-service-account"] != second[2]["run-service-account"], "a quota of its own"
    for name, value in variables(dispatch).items():
        monkeypatch.setenv(name, value)
    lanes = Lanes.of_environment()
    assert os.environ[registry.VARIABLE] == BOOK
    assert [lane.queue.rsplit("/", 1)[-1] for lane in lanes.lanes] == [
        a[0] for _, a, _ in of(calls, "tasks queues create")
    ]
    assert [lane.url for lane in lanes.lanes] == [f"https://sheets-sync-sync{n}-abc-rj.a.run.app" for n in ("", "-2")]
    assert lanes.invoker == WORKER
    ((_, _, job),) = of(calls, "scheduler jobs create http")
    assert job["schedule"] == "0 * * * *"
    assert LASTS.total_seconds() == 3600, "a slot is due until the next call, and no longer"
    assert variables(first) == {registry.VARIABLE: BOOK}


@pytest.mark.parametrize("place", [("--workbook", BOOK, "--workbook", OTHER), ("--registry", BOOK)])
def test_a_second_deployment_changes_what_is_there_and_makes_nothing_twice(
    cloud: Cloud, place: tuple[str, ...]
) -> None:
    cloud.deploy("--project", "shop", *place)
    first = cloud.calls()
    cloud.deploy("--project", "shop", *place)
    again = cloud.calls()
    assert not [call for call in again if " create" in call[0]]
    assert len(of(again, "functions deploy")) == len(of(first, "functions deploy"))
    assert len(of(again, "scheduler jobs update http")) == len(of(first, "scheduler jobs create http")) > 0
    assert len(of(again, "tasks queues update")) == len(of(first, "tasks queues create"))


def test_jobs_that_are_no_longer_asked_for_are_taken_away(cloud: Cloud) -> None:
    cloud.deploy("--project", "shop", "--workbook", BOOK, "--workbook", OTHER)
    cloud.deploy("--project", "shop", "--workbook", BOOK)
    assert [about for _, about, _ in of(cloud.calls(), "scheduler jobs delete")] == [["sheets-sync-2"]]
    cloud.deploy("--project", "shop", "--name", "sheets-sync-spain", "--workbook", OTHER)
    cloud.deploy("--project", "shop", "--registry", BOOK)
    assert [about for _, about, _ in of(cloud.calls(), "scheduler jobs delete")] == [["sheets-sync"]], "no one else's"


def test_nobody_may_call_it_but_the_worker_itself_and_it_may_do_nothing_else(cloud: Cloud) -> None:
    cloud.deploy("--project", "shop", "--registry", BOOK, "--accounts", "3")
    calls = cloud.calls()
    for _, _, function in of(calls, "functions deploy"):
        assert "no-allow-unauthenticated" in function
        assert function["timeout"] == f"{DEADLINE}s"
        assert function["memory"]
    built = "serviceAccount:sheets-sync-build@shop.iam.gserviceaccount.com"
    bindings = [call for call in calls if call[0].endswith("binding")]
    ((_, _, of_project),) = of(bindings, "projects add-iam-policy-binding")
    assert (of_project["member"], of_project["role"]) == (built, "roles/cloudbuild.builds.builder"), "it only builds"
    bindings = [call for call in bindings if not call[0].startswith("projects")]
    assert {(command, options["role"]) for command, _, options in bindings} == {
        ("run services add-iam-policy-binding", "roles/run.invoker"),
        ("tasks queues add-iam-policy-binding", "roles/cloudtasks.enqueuer"),
        ("iam service-accounts add-iam-policy-binding", "roles/iam.serviceAccountUser"),
    }, "each on one thing of ours, none on the project"
    assert {options["member"] for _, _, options in bindings} == {f"serviceAccount:{WORKER}"}
    assert all(options["project"] == "shop" for _, _, options in calls)


def test_what_google_has_not_heard_of_yet_is_asked_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_PAUSE", "0")
    (cloud.folder / "moody").touch()
    told = cloud.deploy("--project", "shop", "--workbook", BOOK)
    assert "again in a few seconds (1)" in told.stderr
    assert len(of(cloud.calls(), "projects add-iam-policy-binding")) == 2


def test_a_dry_run_prints_what_a_real_one_does_and_does_nothing(cloud: Cloud) -> None:
    place = ("--project", "shop", "--registry", BOOK, "--accounts", "2")
    told = cloud.deploy(*place, "--dry-run").stdout
    assert cloud.calls() == []
    said = [shlex.split(line)[1:] for line in told.splitlines() if line.startswith("gcloud")]
    cloud.deploy(*place)
    done = cloud.calls()
    for printed, call in zip(map(taken_apart, said), done, strict=True):
        assert printed[:2] == tuple(call[:2])
        assert printed[2].keys() == call[2].keys() - {"quiet"}


@pytest.mark.parametrize(
    "options",
    [
        (), ("--project", "shop"), ("--workbook", BOOK), ("--project", "shop", "--workbook", BOOK, "--registry", OTHER),
        ("--project", "shop", "--workbook", BOOK, "--at", "7"), ("--project", "shop", "--workbook", 'x"; rm -rf /'),
        ("--project", "shop", "--registry", BOOK, "--accounts", "6"), ("--project", "shop", "--workbook", BOOK, "--accounts", "2"),
        ("--project", "shop", "--workbook", BOOK, "--workbook", BOOK), ("--project", "shop", "--workbook"),
        ("--project", "shop", "--workbook", BOOK, "--time-zone", "--dry-run"), ("--project", "shop", BOOK), ("--project", "shop", "--workbook", BOOK, "--what"),
    ],
)  # fmt: skip
def test_what_it_does_not_understand_it_does_not_do(cloud: Cloud, options: tuple[str, ...]) -> None:
    assert cloud.deploy(*options, exit_code=2).stderr
    assert cloud.calls() == []


def test_the_valve_lets_no_more_through_than_an_account_may_write(cloud: Cloud) -> None:
    limits = queue_message("")["rateLimits"]
    assert 0.9 <= limits["maxDispatchesPerSecond"] <= 1.0


def test_shellcheck_has_nothing_to_say() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([str(shellcheck), str(SCRIPT)], text=True, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")
