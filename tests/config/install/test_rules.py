"""The rules of the set-up, on plain values."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.install import rules
from config.install.rules import Stamp

WANTED = Stamp(fingerprint="f", level="run", root="/home/a", python="3.11", packages=("numpy",))
PROJECT = '[project]\nname = "x"\n[tool.ruff]\nline-length = 100\n'


def test_an_environment_with_the_wanted_stamp_is_left_alone() -> None:
    assert rules.is_current(WANTED, WANTED)


def test_an_environment_for_development_also_serves_to_run() -> None:
    assert rules.is_current(replace(WANTED, level="dev"), WANTED)


@pytest.mark.parametrize(
    "stamp",
    [
        None,
        replace(WANTED, fingerprint="other"),
        replace(WANTED, root="/home/b"),
        replace(WANTED, python="3.12"),
    ],
    ids=["none", "other lock", "moved folder", "other Python"],
)
def test_anything_else_is_set_up_again(stamp: Stamp | None) -> None:
    assert not rules.is_current(stamp, WANTED)


def test_an_environment_to_run_is_not_enough_for_development() -> None:
    assert not rules.is_current(WANTED, replace(WANTED, level="dev"))


@given(
    st.builds(
        Stamp,
        fingerprint=st.text(),
        level=st.sampled_from(["run", "dev"]),
        root=st.text(),
        python=st.text(),
        packages=st.lists(st.text()).map(tuple),
    )
)
def test_a_stamp_survives_being_written_and_read(stamp: Stamp) -> None:
    assert rules.read_stamp(rules.write_stamp(stamp)) == stamp


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"packages": 3}', '{"packages":[]}']
)
def test_a_damaged_stamp_counts_as_none(text: str) -> None:
    assert rules.read_stamp(text) is None


def test_a_changed_lock_changes_the_fingerprint() -> None:
    before = rules.fingerprint({"a.txt": "numpy==1"}, PROJECT)
    assert rules.fingerprint({"a.txt": "numpy==2"}, PROJECT) != before


def test_a_changed_dependency_changes_the_fingerprint_and_a_lint_rule_does_not() -> None:
    before = rules.fingerprint({}, PROJECT)
    assert rules.fingerprint({}, PROJECT.replace("100", "99")) == before
    assert rules.fingerprint({}, PROJECT.replace('"x"', '"x"\ndependencies = ["y"]')) != before


def test_pins_are_read_by_their_normalised_names() -> None:
    lock = (
        "# made by hand\nDiscord.py==2.7.1 \\\n    --hash=sha256:00\n"
        "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:01\n"
        "numpy==2.5.5 ; python_full_version >= '3.12'\n"
    )
    assert rules.locked(lock) == {"discord-py": {"2.7.1"}, "numpy": {"2.4.6", "2.5.5"}}


def test_only_what_an_earlier_lock_brought_is_removed() -> None:
    assert rules.leftovers(["httpx", "numpy", "torch"], ["numpy"]) == ["httpx"]


def attempts(system: str, index: str = "") -> list[str]:
    found = rules.torch_attempts(system=system, index=index, version="2.13.0")
    return [" ".join(a.arguments) for a in found]


def test_linux_asks_for_the_cpu_build_first_with_its_checksum_then_by_version() -> None:
    verified, by_version, plain = attempts("Linux")
    assert rules.CPU_LOCK in verified
    assert "--require-hashes" in verified
    assert "torch==2.13.0+cpu" in by_version
    assert rules.PLAIN_LOCK in plain
    assert "--require-hashes" in plain


def test_only_the_large_download_is_announced_before() -> None:
    notices = [a.before for a in rules.torch_attempts(system="Linux", index="", version="1")]
    assert notices == ["", "", rules.LARGE_DOWNLOAD]
    assert "TORCH_INDEX" in rules.LARGE_DOWNLOAD


def test_an_index_the_person_named_is_never_left_for_gigabytes_from_elsewhere() -> None:
    found = attempts("Linux", "https://index.example/cpu")
    assert len(found) == 2
    assert all("--index-url https://index.example/cpu" in a for a in found)
    assert all(rules.PLAIN_LOCK not in a for a in found)


def test_a_folder_of_wheels_may_stand_for_an_index() -> None:
    assert all("--find-links wheels" in a for a in attempts("Linux", "wheels"))


def test_elsewhere_the_plain_build_is_the_cpu_build() -> None:
    assert attempts("Darwin") == [f"--require-hashes -r {rules.PLAIN_LOCK}"]


def test_a_wrong_checksum_is_never_taken_for_not_offered() -> None:
    missing = "ERROR: No matching distribution found for torch==2.13.0+cpu"
    assert rules.not_offered(missing)
    assert not rules.not_offered("THESE PACKAGES DO NOT MATCH THE HASHES\n" + missing)
    assert not rules.not_offered("ERROR: Could not install packages: No space left on device")


def test_too_little_room_is_refused_with_both_figures() -> None:
    assert rules.disk_problem(rules.NEEDED_BYTES) == ""
    assert rules.disk_problem(1_900_000_000).startswith("Only 1.9 GB are free here")
    assert "2.5 GB" in rules.disk_problem(1_900_000_000)


def test_only_the_full_build_asks_for_room_of_its_own() -> None:
    found = rules.torch_attempts(system="Linux", index="", version="1")
    assert [a.needed_bytes for a in found] == [0, 0, rules.NEEDED_FOR_CUDA_BYTES]
    assert "9.0 GB" in rules.disk_problem(6_000_000_000, rules.NEEDED_FOR_CUDA_BYTES)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Downloading torch-2.13.0-cp311-cp311-linux.whl (506.0 MB)\n", "torch (506.0 MB)"),
        ("  Downloading lingua_detector-2.1.1-cp311.whl (96.2 MB)", "lingua_detector (96.2 MB)"),
        ("Downloading some/where/cudnn_cu13-9.20.whl (1.2 GB)", "cudnn_cu13 (1.2 GB)"),
        ("Downloading rich-15.0.0-py3-none-any.whl (310 kB)", ""),
        ("Downloading numpy-2.4.6-cp311.whl (16.9 MB)", ""),
        ("Collecting torch==2.13.0", ""),
    ],
)
def test_only_long_downloads_are_told(line: str, told: str) -> None:
    assert rules.big_download(line) == told


def test_a_complaint_quotes_the_errors_and_names_the_record() -> None:
    said = [
        "Collecting x\n",
        "ERROR: no route\n",
        "ERROR: No matching distribution found\n",
        "bye\n",
    ]
    complaint = rules.complaint(said)
    assert "ERROR: no route ERROR: No matching distribution found (" in complaint
    assert ".venv/setup.log" in complaint
    assert "\n" not in complaint


def test_a_complaint_without_errors_quotes_the_end() -> None:
    assert "Killed" in rules.complaint(["Collecting x\n", "Killed\n"])
    assert "without a word" in rules.complaint([])
