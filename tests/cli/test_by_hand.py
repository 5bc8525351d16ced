"""A batch's way by hand, command for command, and what keeps an installation in order."""

import re
import subprocess
import sys

from telar.adapters.model_registry.registry import ModelRegistry
from telar.adapters.warehouse import history, open_warehouse
from telar.settings import MlflowSettings
from tests.cli.conftest import Telar
from tests.support.spine import Spine

NAME = "by_hand"


def test_a_batch_goes_step_by_step_from_the_source_to_production(telar: Telar) -> None:
    stored = telar("fetch", NAME, "--run-id", "first").output
    batch = re.findall(rf"telar prepare {NAME} (\d+)", stored)[0]
    assert '"refused": null' in telar("prepare", NAME, batch).output
    assert "train: no model is in production" in telar("decide", NAME, batch, "--run-id", "first").output
    version = re.findall(r"version (\d+) is registered", telar("train", NAME, batch, "--run-id", "first").output)[0]
    assert "promote:" in telar("gate", NAME, batch, version, "--run-id", "first").output
    assert "promote:" in telar("promote", NAME, batch, version, "--run-id", "first").output
    assert telar("record", NAME, "first", "--batch", batch).output == "outcome: promoted\n"
    shown = telar("status", NAME).output
    assert "in production: version 1" in shown
    assert "promoted" in shown


def test_a_whole_run_is_one_command(telar: Telar) -> None:
    done = telar("run", NAME, "--force")
    assert done.exit_code == 0, done.output
    assert re.search(r"outcome: (promoted|rejected)\n", done.output)


def test_all_versions_are_compared_in_a_table_and_the_best_goes_through_the_gate(telar: Telar) -> None:
    said = telar("promote", NAME, "--best")
    assert said.exit_code == 0, said.output
    assert re.search(r"version +┃ +macro F1 +┃ +accuracy +┃ +rows +┃ +registered \(UTC\)", said.output)
    assert len(re.findall(r"^│ [12] ", said.output, re.MULTILINE)) == 2
    assert "in production" in said.output
    assert re.search(
        r"version [12] is the best of them( and in production already: nothing changes|; \w+: )", said.output
    )


def test_promote_takes_a_version_of_a_run_or_the_best_and_not_both(telar: Telar) -> None:
    for words in ((), ("1", "2"), ("1", "2", "--run-id", "r", "--best"), ("1", "--best"), ("--best", "--run-id", "r")):
        said = telar("promote", NAME, *words)
        assert said.exit_code == 2
        assert "give BATCH_ID, VERSION and --run-id, or --best alone" in said.output
    assert "unknown use case 'nobody'" in telar("promote", "nobody", "--best").output


def test_a_use_case_is_described_in_markdown(telar: Telar) -> None:
    page = telar("describe", NAME).output
    assert page.startswith("# Tiny\n")
    assert "| Length | number | 0 to 100 m |" in page
    assert "unknown use case 'nobody'" in telar("describe", "nobody").output


def test_a_rollback_is_one_more_entry_of_the_ledger(telar: Telar, spine: Spine) -> None:
    registry = ModelRegistry(MlflowSettings(url=spine.mlflow.url))
    registry.set_production(NAME, "2")
    assert telar("reconcile", NAME).output == "version 2 is in production\n"
    assert "version 1 is in production again instead of 2" in telar("rollback", NAME, "--reason", "it drifts").output
    holder = registry.production(NAME)
    assert holder is not None
    assert holder.version == "1"
    with open_warehouse(spine.environment["TELAR_WAREHOUSE_URL"]) as warehouse:
        newest = history.promotions(warehouse, NAME, 2)
    assert [(line.version, line.state, line.reason) for line in newest] == [
        ("1", "done", "it drifts"),
        ("1", "intended", "it drifts"),
    ]


def test_a_restarted_source_begins_a_new_cycle_with_its_first_batch(telar: Telar, spine: Spine) -> None:
    assert telar("restart-source", NAME).output == "the source begins again: cycle 2\n"
    assert telar("fetch", NAME).exit_code == 0
    with open_warehouse(spine.environment["TELAR_WAREHOUSE_URL"]) as warehouse:
        newest = history.batches(warehouse, NAME, 1)[0]
    assert (newest.cycle, newest.batch_number) == (2, 1)


def test_migrate_can_be_run_again(telar: Telar) -> None:
    done = telar("migrate")
    assert done.exit_code == 0, done.output
    assert NAME in done.output


def test_use_cases_are_listed_with_the_broken_file_and_its_error(telar: Telar) -> None:
    listed = telar("use-cases").output
    assert NAME in listed
    assert "broken: half_written" in listed
    assert "SyntaxError" in listed


def test_doctor_names_the_broken_file_and_is_content_with_the_rest(telar: Telar) -> None:
    said = telar("doctor")
    assert said.exit_code == 1
    assert re.findall(r"^FAIL  ([^:]*):", said.output, re.MULTILINE) == ["use case half_written"]
    assert "ok    warehouse: postgresql answers" in said.output
    assert f"ok    model of {NAME}: version 1 is in production" in said.output


def test_an_unknown_use_case_is_one_message_that_lists_those_known(telar: Telar) -> None:
    said = telar("run", "nobody")
    assert said.exit_code == 1
    assert said.output.startswith("error: unknown use case 'nobody'; known: by_hand, ")
    assert "Traceback" not in said.output


def test_debug_shows_the_whole_error(telar: Telar) -> None:
    said = telar("--debug", "run", "nobody")
    assert type(said.exception).__name__ == "ConfigurationError"


def test_a_missing_variable_is_named(spine: Spine) -> None:
    bare = {**spine.environment, "TELAR_WAREHOUSE_URL": ""}
    said = subprocess.run(
        [sys.executable, "-m", "telar.cli", "status", NAME],
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert said.stderr.startswith("error: TELAR_WAREHOUSE_URL: ")
