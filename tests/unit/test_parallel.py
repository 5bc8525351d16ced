"""What stays in one process when the tests run in several."""

from tests.support.parallel import PLATFORMS, group_of


def test_whole_platforms_stay_in_one_process() -> None:
    assert group_of("tests/dags/test_truth_in_states.py::test_a[b/c::d]") == PLATFORMS
    assert group_of("tests/embedded/test_running_platform.py::test_a") == PLATFORMS


def test_what_shares_a_server_stays_together_and_every_other_module_by_itself() -> None:
    assert group_of("tests/services/inference/test_start.py::test_a") == "inference"
    assert group_of("tests/services/inference/test_swaps.py::test_b") == "inference"
    assert group_of("tests/unit/test_settings.py::test_a") == "unit/test_settings.py"
