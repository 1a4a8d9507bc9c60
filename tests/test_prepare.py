"""The main job: one command from a folder to checked submissions; the second run, the killed run, the broken file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import bagit
import pytest

from misbehave import dying_work, hanging_work
from ttdn_assets.errors import LibraryBusy, UsageError
from ttdn_assets.jobs.library import catalogue_of
from ttdn_assets.jobs.prepare import Run, prepare
from ttdn_assets.jobs.readiness import check_disk, sole_run
from ttdn_assets.model import Event, Outcome
from ttdn_assets.settings import load_library

TARGETS = ("vietnamvn", "instagram.feed", "x.photo")


def run(media: Path, library: Path, *targets: str) -> Run:
    return prepare([media], targets=targets or TARGETS, library=library, jobs=2)


def by_source(done: Run) -> dict[str, Outcome]:
    return {outcome.source: outcome for outcome in done.outcomes}


def partials(folder: Path) -> list[Path]:
    return list(folder.rglob("*.part*"))


@pytest.fixture(scope="module")
def first(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    library = tmp_path_factory.mktemp("prepared") / "library"
    return run(drawn, library), library


def test_every_file_comes_to_an_outcome(first: tuple[Run, Path]) -> None:
    statuses = {source: outcome.status for source, outcome in by_source(first[0]).items()}
    assert statuses == {
        "2026-05 Lễ hội hoa ban/Mộc Châu/IMG_1.jpg": "done",
        "2026-05 Lễ hội hoa ban/Mộc Châu/IMG_2.jpg": "done",
        "2026-10 Lễ hội Cà phê tỉnh Sơn La/thu hoạch cà phê.jpg": "done",
        "20260415 Giao lưu hữu nghị biên giới Việt Nam - Lào/Cửa khẩu Lóng Sập/VID_20260415_081500.mp4": "done",
        "ghi chú.txt": "skipped",
    }
    assert not first[0].failed


def test_folder_names_become_captions_in_three_languages(first: tuple[Run, Path]) -> None:
    captions = by_source(first[0])["2026-05 Lễ hội hoa ban/Mộc Châu/IMG_1.jpg"].captions
    for lang, event, place in (("vi", "Hoa Ban", "Mộc Châu"), ("en", "Ban", "Moc Chau"), ("zh", "节", "木州")):
        words = captions.description[lang].value
        assert event in words
        assert place in words


def test_the_name_of_the_folder_given_counts_where_it_names_an_event_or_a_place(media: Path, tmp_path: Path) -> None:
    event = media / "2026-05 Lễ hội hoa ban"
    inside = prepare([event], targets=[], library=tmp_path / "library")
    told = by_source(inside)["Mộc Châu/IMG_1.jpg"]
    assert {fact.kind for fact in told.facts if fact.source == "folder"} >= {"event", "place", "date"}
    assert "hoa ban" in told.captions.title["vi"].value.lower()
    outside = prepare([media], targets=[], library=tmp_path / "library")
    known = by_source(outside)["2026-05 Lễ hội hoa ban/Mộc Châu/IMG_1.jpg"]
    assert (known.status, known.facts) == ("unchanged", told.facts), "given from further out it says the same"
    one = prepare([event / "Mộc Châu" / "IMG_2.jpg"], targets=[], library=tmp_path / "another")
    assert [(fact.kind, fact.term) for fact in by_source(one)["IMG_2.jpg"].facts if fact.source == "folder"] == [
        ("place", "pl-moc-chau")
    ]
    plain = tmp_path / "media ban sao 2024-01-01"
    plain.mkdir()
    shutil.copy(event / "Mộc Châu" / "IMG_1.jpg", plain)
    (said,) = prepare([plain], targets=[], library=tmp_path / "third").outcomes
    assert [fact for fact in said.facts if fact.source == "folder"] == []


def test_each_target_gets_a_valid_bag(first: tuple[Run, Path]) -> None:
    done, library = first
    assert [submission.target for submission in done.submissions] == list(TARGETS)
    for submission in done.submissions:
        bag = bagit.Bag(str(library / submission.path))
        assert bag.validate()
        assert (library / submission.path / "data" / "index.html").is_file()


def test_a_second_run_makes_nothing_and_adds_no_bag(media: Path, tmp_path: Path) -> None:
    run(media, tmp_path / "library")
    again = run(media, tmp_path / "library")
    assert {outcome.status for outcome in again.outcomes} == {"unchanged", "skipped"}
    assert again.encodes == 0
    assert [submission.new for submission in again.submissions] == [False] * 3


def test_a_new_target_adds_only_its_own_work(media: Path, tmp_path: Path) -> None:
    run(media, tmp_path / "library", "instagram.feed")
    more = run(media, tmp_path / "library", "instagram.feed", "youtube.thumbnail")
    made_before = run(media, tmp_path / "library", "instagram.feed")
    assert 1 <= more.encodes <= 3
    assert made_before.encodes == 0


def test_a_moved_file_keeps_its_asset_and_is_not_rendered_again(media: Path, tmp_path: Path) -> None:
    before = by_source(run(media, tmp_path / "library", "x.photo"))
    shutil.move(media / "2026-05 Lễ hội hoa ban", media / "2026-05 Lễ hội hoa ban đã duyệt")
    after = run(media, tmp_path / "library", "x.photo")
    moved = by_source(after)["2026-05 Lễ hội hoa ban đã duyệt/Mộc Châu/IMG_1.jpg"]
    assert moved.asset == before["2026-05 Lễ hội hoa ban/Mộc Châu/IMG_1.jpg"].asset
    assert after.encodes == 0
    with catalogue_of(tmp_path / "library") as catalogue:
        assert {Path(file.path).exists(): file.missing for file in catalogue.files()} == {True: False, False: True}
        assert not any(finding.rule == "facts-differ" for finding in after.findings)


def test_a_drive_that_is_not_plugged_in_loses_nothing_and_what_comes_back_is_there_again(
    media: Path, tmp_path: Path
) -> None:
    run(media, tmp_path / "library", "x.photo")
    photo = media / "2026-05 Lễ hội hoa ban" / "Mộc Châu" / "IMG_1.jpg"
    missing = []
    for away, back in ((media, media), (photo, photo)):
        away.rename(tmp_path / "away")
        media.mkdir(exist_ok=True)
        run(media, tmp_path / "library", "x.photo")
        with catalogue_of(tmp_path / "library") as catalogue:
            missing.append([Path(file.path).name for file in catalogue.files() if file.missing])
        if back == media:
            media.rmdir()
        (tmp_path / "away").rename(back)
    done = run(media, tmp_path / "library", "x.photo")
    assert missing == [[], ["IMG_1.jpg"]]
    assert done.encodes == 0
    with catalogue_of(tmp_path / "library") as catalogue:
        assert not any(file.missing for file in catalogue.files())


def test_a_broken_file_fails_alone(media: Path, tmp_path: Path) -> None:
    good = media / "2026-05 Lễ hội hoa ban" / "Mộc Châu" / "IMG_1.jpg"
    (media / "cắt.jpg").write_bytes(good.read_bytes()[:4000])
    (media / "rỗng.jpg").write_bytes(b"")
    done = by_source(run(media, tmp_path / "library", "x.photo"))
    assert (done["cắt.jpg"].status, done["rỗng.jpg"].status) == ("failed", "failed")
    assert all(outcome.status != "failed" for source, outcome in done.items() if "/" in source)
    error = done["cắt.jpg"].error
    assert error is not None
    assert "cắt.jpg" in str(error.fields["path"])
    assert partials(tmp_path) == []


def test_a_file_that_kills_its_worker_fails_alone(media: Path, tmp_path: Path) -> None:
    done = prepare([media], targets=["x.photo"], library=tmp_path / "library", jobs=2, work=dying_work)
    outcomes = by_source(done)
    killed = outcomes["2026-05 Lễ hội hoa ban/Mộc Châu/IMG_2.jpg"]
    assert killed.error is not None
    assert (killed.status, killed.error.code) == ("failed", "worker-died")
    assert outcomes["2026-05 Lễ hội hoa ban/Mộc Châu/IMG_1.jpg"].status == "done"


def test_a_file_that_hangs_is_ended_at_its_limit(media: Path, tmp_path: Path) -> None:
    done = prepare([media], targets=["x.photo"], library=tmp_path / "library", jobs=2, work=hanging_work)
    hung = by_source(done)["2026-05 Lễ hội hoa ban/Mộc Châu/IMG_2.jpg"]
    assert hung.error is not None
    assert (hung.status, hung.error.code) == ("failed", "time-limit")


def test_a_file_that_vanishes_midway_fails_alone(media: Path, tmp_path: Path) -> None:
    gone = media / "2026-10 Lễ hội Cà phê tỉnh Sơn La" / "thu hoạch cà phê.jpg"

    def remove(event: Event) -> None:
        if event.stage == "files":
            gone.unlink(missing_ok=True)

    done = by_source(prepare([media], targets=["x.photo"], library=tmp_path / "library", jobs=1, progress=remove))
    error = done["2026-10 Lễ hội Cà phê tỉnh Sơn La/thu hoạch cà phê.jpg"].error
    assert error is not None
    assert error.code == "file-vanished"


def test_a_killed_run_is_completed_by_the_next(media: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    command = [sys.executable, "-m", "ttdn_cli", "prepare", str(media), "--to", ",".join(TARGETS), "--jobs", "2"]
    process = subprocess.Popen(
        [*command, "--library", str(library)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not list(library.glob("renditions/*/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait(timeout=30)
    after = run(media, library)
    assert not after.failed
    assert partials(library) == []
    assert len(after.submissions) == 3
    assert run(media, library).encodes == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows delivers Ctrl-C to a whole console only")
def test_ctrl_c_finishes_the_file_in_hand_and_can_be_resumed(media: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    command = [sys.executable, "-m", "ttdn_cli", "prepare", str(media), "--ui", "en", "--to", "vietnamvn"]
    process = subprocess.Popen(
        [*command, "--jobs", "1", "--library", str(library)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(library.glob("renditions/*/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again" in told
    assert not run(media, library, "vietnamvn").failed
    assert partials(library) == []


def test_one_run_at_a_time(media: Path, tmp_path: Path) -> None:
    run(media, tmp_path / "library", "x.photo")
    with sole_run(load_library(tmp_path / "library")), pytest.raises(LibraryBusy):
        run(media, tmp_path / "library", "x.photo")


def test_an_unknown_target_is_refused_before_anything_is_written(media: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run(media, tmp_path / "library", "facebok")
    assert caught.value.code == "target-unknown"
    assert not (tmp_path / "library" / "catalogue.sqlite3").exists()


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        run(tmp_path / "nowhere", tmp_path / "library")


def test_an_invalid_settings_file_is_named_with_its_key(media: Path, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "ttdn.toml").write_text("languages = 5\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"ttdn\.toml.*languages"):
        run(media, tmp_path / "library")


def test_a_library_inside_the_media_folder_is_not_taken_for_media(media: Path) -> None:
    first = run(media, media / "library", "x.photo")
    again = run(media, media / "library", "x.photo")
    assert len(again.outcomes) == len(first.outcomes) == 5


def test_a_disk_too_small_is_refused_with_what_is_needed(tmp_path: Path) -> None:
    library = load_library(tmp_path)
    with pytest.raises(UsageError, match="1,000 MB free"):
        check_disk(library, 5_000_000_000, free_bytes=lambda folder: 1_000_000_000)


def test_progress_names_stage_file_and_time_left(media: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    prepare([media], targets=["x.photo"], library=tmp_path / "library", jobs=2, progress=events.append)
    files = [event for event in events if event.stage == "files"]
    assert [event.done for event in files] == sorted(event.done for event in files)
    assert {event.source for event in files if event.done < 5} >= {event.source for event in files if event.done == 5}
    assert all(event.total == 5 and event.source for event in files)
    assert (files[-1].done, files[-1].left_s) == (5, 0)
    assert {"scan", "files", "pack"} <= {event.stage for event in events}


def test_a_target_added_later_leaves_the_bags_of_the_others_as_they_are(media: Path, tmp_path: Path) -> None:
    run(media, tmp_path / "library", "instagram", "x")
    more = run(media, tmp_path / "library", "instagram", "x", "zalo", "threads")
    assert {one.target: one.new for one in more.submissions} == {
        "instagram": False,
        "x": False,
        "zalo": True,
        "threads": True,
    }


def test_everything_is_kept_in_the_store_that_was_named(media: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    done = prepare([media], targets=["x.photo"], library=tmp_path / "library", store=str(store), jobs=2)
    assert not done.failed
    kept = {path.relative_to(store).parts[0] for path in store.rglob("*") if path.is_file()}
    assert kept == {"originals", "renditions", "submissions", "catalogue"}
    bag = next((store / "submissions").iterdir())
    assert bagit.Bag(str(bag)).validate()
