"""Real broken, hostile and damaged files: each comes to its own outcome, is worded, and leaves nothing half-made."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ttdn_assets.jobs.estimate import estimate
from ttdn_assets.jobs.prepare import Run, prepare
from ttdn_assets.model import Failure
from ttdn_assets.settings import Limits, Settings, create_library
from ttdn_assets.wording import say_failure

TARGETS = ("vietnamvn", "x.photo", "tiktok.video")
LIMITS = Limits(photo_s=120.0, video_s=300.0, probe_s=60.0)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def broken(real_media: Path) -> Path:
    return real_media / "broken"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose limits are generous; the watchdog ends what passes them."""
    root = tmp_path_factory.mktemp("broken") / "library"
    create_library(root)
    limits = "\n".join(f"{name} = {value}" for name, value in msgspec.structs.asdict(LIMITS).items())
    settings = root / "ttdn.toml"
    settings.write_text(f"{settings.read_text(encoding='utf-8')}\n[limits]\n{limits}\n", encoding="utf-8")
    assert msgspec.structs.astuple(Settings().limits) != msgspec.structs.astuple(LIMITS)
    return root


@pytest.fixture(scope="module")
def done(broken: Path, library: Path) -> Run:
    return prepare([broken], targets=TARGETS, library=library, jobs=2)


def assert_told(failure: Failure | None, source: str) -> None:
    """A sentence on one line that names the file, and a hint, in both languages."""
    assert failure is not None, source
    for lang in ("vi", "en"):
        sentence, hint = say_failure(failure, lang)
        assert source in sentence
        assert "\n" not in sentence
        assert len(sentence) < 400, sentence
        assert hint, failure.code
        assert not sentence.startswith("error."), failure.code


def test_every_file_has_one_outcome(done: Run, broken: Path) -> None:
    assert sorted(outcome.source for outcome in done.outcomes) == sorted(path.name for path in broken.iterdir())
    assert {outcome.status for outcome in done.outcomes} <= {"done", "failed", "skipped"}
    assert not done.interrupted


def test_what_fails_says_why_and_what_to_do(done: Run) -> None:
    failed = [outcome for outcome in done.outcomes if outcome.status == "failed"]
    assert failed
    for outcome in failed:
        assert_told(outcome.error, outcome.source)


def test_what_succeeds_is_in_the_submissions(done: Run, library: Path) -> None:
    made = [rendition for outcome in done.outcomes for rendition in outcome.renditions]
    assert made
    assert all((library / rendition.path).stat().st_size == rendition.size_bytes for rendition in made)
    assert {one.target for one in done.submissions} == {
        target for target in TARGETS for one in made if any(name.startswith(target) for name in one.placements)
    }


def test_a_clip_damaged_in_places_is_made_with_a_warning(done: Run) -> None:
    told = next(outcome for outcome in done.outcomes if outcome.source == "corrupted.mp4")
    (finding,) = [one for one in told.findings if one.rule == "video-partly-damaged"]
    assert (finding.level, finding.subject) == ("warning", "corrupted.mp4")
    assert isinstance(finding.measured, int)
    assert finding.measured >= 1


def test_nothing_half_made_is_left(done: Run, library: Path) -> None:
    assert [path for path in library.rglob("*") if ".part" in path.name] == []
    assert [path for path in (library / ".traces").glob("*") if path.is_file()] == []


def test_a_dry_run_tells_what_cannot_be_read(broken: Path, library: Path) -> None:
    foreseen = estimate([broken], targets=TARGETS, library=library, jobs=2)
    assert len(foreseen.files) == len(list(broken.iterdir()))
    for one in foreseen.files:
        if one.why is not None:
            assert_told(one.why, one.source)
