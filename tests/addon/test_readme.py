"""The README of the add-on: its commands are gcloud's, its steps fit one another, what it names is there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from cloud_function import addon
from cloud_function.addon import tokens
from tests.cloud import gcloud_stand_in
from tests.cloud.gcloud_stand_in import OPTIONS, taken_apart

FOLDER = Path(addon.__file__).parent
ROOT = FOLDER.parents[1]
README = (FOLDER / "README.md").read_text("utf-8")
COMMANDS = [
    line.strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
    if line.strip()
]
MORE = {
    "workspace-add-ons get-authorization": set[str](),
    "workspace-add-ons deployments create": {"deployment-file"},
    "workspace-add-ons deployments install": set(),
    "workspace-add-ons deployments uninstall": set(),
    "workspace-add-ons deployments delete": set(),
    "run services update": {"region", "add-custom-audiences"},
    "projects remove-iam-policy-binding": {"member", "role", "condition"},
}


def apart(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str], dict[str, str]]]:
    monkeypatch.setattr(gcloud_stand_in, "OPTIONS", {**OPTIONS, **MORE})
    return [taken_apart(shlex.split(command)[1:]) for command in COMMANDS]


def test_every_command_is_one_that_gcloud_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(apart(monkeypatch)) > 8
    assert all(command.startswith("gcloud ") for command in COMMANDS)


def test_the_steps_fit_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = apart(monkeypatch)
    [(_, [name], deployed)] = [call for call in calls if call[0] == "functions deploy"]
    given = dict(pair.split("=", 1) for pair in deployed["set-env-vars"].split(","))
    assert set(given) == {tokens.URL, tokens.ACCOUNT, tokens.CLIENT}
    assert given[tokens.URL] == f"https://{deployed['region']}-{deployed['project']}.cloudfunctions.net/{name}"
    bound = [options["member"] for command, about, options in calls if "binding" in command and about == [name]]
    assert bound == [f"serviceAccount:{given[tokens.ACCOUNT]}"]
    made = {about[0] for command, about, _ in calls if command.endswith((" create", " deploy"))}
    gone = {about[0].partition("@")[0] for command, about, _ in calls if command.endswith(" delete")}
    assert made == gone
    assert deployed["run-service-account"].partition("@")[0] in made
    built = dict(pair.split("=", 1) for pair in deployed["set-build-env-vars"].split(","))
    assert (ROOT / built["GOOGLE_FUNCTION_SOURCE"]).is_file()
    assert deployed["build-service-account"].rpartition("/")[2].partition("@")[0] in made
    assert {options["project"] for _, _, options in calls} == {"my-shop-tasks"}


def test_every_file_link_and_variable_it_names_is_there() -> None:
    for target in re.findall(r"\]\((?!http|#)([^)#]+)\)", README):
        assert (FOLDER / target).exists(), target
    for name in re.findall(r"`((?:\w+/)+\w+\.\w+|\w+\.py)`", README):
        assert (ROOT / name).exists() or (FOLDER / name).exists(), name
    for module in re.findall(r"python -m ([\w.]+)", README):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
    source = "".join(file.read_text("utf-8") for file in FOLDER.parent.rglob("*.py"))
    for variable in set(re.findall(r"SHEETS_SYNC_\w+", README)):
        assert variable in source, variable


def test_both_addresses_of_the_manifest_are_to_be_replaced() -> None:
    manifest = (ROOT / "templates" / "addon" / "deployment.json").read_text("utf-8")
    assert "in both places" in README
    assert manifest.count("https://YOUR-FUNCTION.example/") == 2
    assert json.loads(manifest)
