"""Two thousand made-up files, the same in every run: nothing raises and nothing hangs."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from . import __main__ as fuzz
from .__main__ import late, run
from .deeds import everything
from .files import kind_of, made

COUNT, PARTS = 2_000, 8


@pytest.mark.parametrize("part", range(PARTS))
def test_no_file_makes_anything_raise_or_hang(part: int) -> None:
    before = signal.signal(signal.SIGPROF, late)
    try:
        figures = run(range(COUNT * part // PARTS, COUNT * (part + 1) // PARTS))
    finally:
        signal.signal(signal.SIGPROF, before)
    assert figures["failed"] == []
    # Files that nothing opens would prove nothing, nor would those that are sound.
    assert figures["opened"] > COUNT // PARTS // 3
    assert figures["ok"] < figures["opened"]
    assert len(figures["codes"]) > 20


def test_a_seed_is_a_file() -> None:
    assert made(7) == made(7) != made(8)
    assert len({kind_of(seed) for seed in range(100)}) == 6


def test_a_run_that_was_cut_off_goes_on_after_its_last_whole_block(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log, ran = tmp_path / "log.jsonl", []
    fed = everything

    def counted(file: bytes) -> object:
        ran.append(file)
        if len(ran) == 5:
            raise KeyboardInterrupt
        return fed(file)

    monkeypatch.setattr("tests.fuzz.__main__.everything", counted)
    command = ["--start", "10", "--count", "6", "--every", "2", "--log", str(log)]
    assert fuzz.main(command) == 130
    cut = capsys.readouterr()
    assert json.loads(cut.out)["seeds"] == [10, 14]
    assert "4 of 6 files" in cut.err and "what is left: --start 14 --count 2" in cut.err
    with log.open("a") as file:
        file.write('\n{"seeds": [14, 1')  # as a kill leaves it

    assert fuzz.main(command) == 0
    assert ran[5:] == [made(14), made(15)]
    whole = json.loads(capsys.readouterr().out)
    again = run(range(10, 16))
    assert len(fuzz.known(log, range(10, 16))) == 3
    assert {key: whole[key] for key in ("seeds", "kinds", "opened", "ok", "codes", "failed")} == {
        key: again[key] for key in ("seeds", "kinds", "opened", "ok", "codes", "failed")
    }
