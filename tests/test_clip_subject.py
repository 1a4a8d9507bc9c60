"""A clip's subject is followed over time: faces, else one bright thing that moves; it stays in every rendered frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from drawn_clips import path_length_px
from drawn_faces import cutouts, turned
from drawn_photos import scenery
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Box, FocalPoint, MediaFacts, Placement, RenditionPlan, Subject
from ttdn_assets.renditions.planning.plan import plan
from ttdn_assets.renditions.video.make import make_videos
from ttdn_assets.renditions.watching.clip_subject import clip_subject
from ttdn_assets.renditions.watching.watch import Seen, Watched, watch_clip
from ttdn_assets.settings import PlacementChoice
from ttdn_assets.tools import ffmpeg
from ttdn_assets.tools.faces import find_faces

SIZE = (640, 360)
REEL = Placement(
    id="a.reel",
    kind="video",
    name={},
    formats=("mp4",),
    sizes_px=((202, 360),),
    video_codecs=("h264",),
)
RED = (230, 30, 30)
DISC_PX = 60
MakeClip = Callable[..., Path]


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    """A clip of scenery over which a picture goes its way: ffmpeg's expressions of the time give its corner."""

    def made(
        thing: Image.Image,
        x: str,
        *,
        seconds: float = 6,
        then: Image.Image | None = None,
    ) -> Path:
        paths = [tmp_path / name for name in ("thing.png", "scenery.png", "then.png")]
        thing.save(paths[0])
        Image.fromarray(scenery(*SIZE)).save(paths[1])
        (then or Image.new("RGB", SIZE)).save(paths[2])
        inputs = [
            part for path in (paths[1], paths[2], paths[0]) for part in ("-loop", "1", "-r", "25", "-i", f"file:{path}")
        ]
        half = seconds / 2 if then else seconds + 1
        graph = f"[0][1]overlay=enable='gte(t,{half})'[b];[b][2]overlay=x='{x}':y=100:eval=frame,format=yuv420p"
        clip = tmp_path / "clip.mp4"
        coded = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "14", "-t", str(seconds), f"file:{clip}"]
        ffmpeg.run([*inputs, "-filter_complex", graph, *coded], deadline=ffmpeg.Deadline(clip, 60))
        return clip

    return made


def disc() -> Image.Image:
    image = Image.new("RGBA", (DISC_PX, DISC_PX))
    ImageDraw.Draw(image).ellipse((0, 0, DISC_PX - 1, DISC_PX - 1), fill=RED)
    return image


def person() -> Image.Image:
    placed = turned(cutouts()[1], 60)
    return placed.image.crop((placed.face.x - 40, placed.face.y - 33, placed.face.x + 87, placed.face.y + 113))


def planned(path: Path, facts: MediaFacts) -> tuple[Subject, RenditionPlan]:
    subject = clip_subject(watch_clip(path, facts), facts.size_px)
    plans, _ = plan(
        facts,
        picture_sha256="0" * 64,
        size_bytes=path.stat().st_size,
        placements=[REEL],
        subject=subject,
        choices={REEL.id: PlacementChoice()},
    )
    return subject, plans[0]


def frames_of(path: Path, *, every: int = 5) -> list[Any]:
    with av.open(str(path)) as container:
        return [
            frame.to_ndarray(format="rgb24") for at, frame in enumerate(container.decode(video=0)) if at % every == 0
        ]


def red_px(frame: NDArray[np.uint8]) -> int:
    red, green, blue = (frame[..., channel].astype(int) for channel in range(3))
    return int(((red > 150) & (green < 90) & (blue < 90)).sum())


def test_a_bright_thing_that_moves_stays_in_every_frame(make_clip: MakeClip, tmp_path: Path) -> None:
    clip = make_clip(disc(), "27+87*t")
    facts = probe(clip)
    subject, one = planned(clip, facts)
    assert subject.origin == "saliency"
    assert one.fit == "crop"
    assert one.video is not None
    assert one.video.path
    (made,) = make_videos(clip, facts, [one], tmp_path, limit_s=100)
    assert min(map(red_px, frames_of(tmp_path / made.path))) > 0.95 * np.pi * (DISC_PX / 2) ** 2


def test_a_face_that_walks_through_stays_whole(make_clip: MakeClip, tmp_path: Path) -> None:
    clip = make_clip(person(), "if(lt(t,1.5),40,40+100*(t-1.5))")
    facts = probe(clip)
    subject, one = planned(clip, facts)
    assert subject.origin == "faces"
    assert one.fit == "crop"
    (made,) = make_videos(clip, facts, [one], tmp_path, limit_s=100)
    for frame in frames_of(tmp_path / made.path):
        (face,) = find_faces(frame)
        assert face.x >= 0
        assert face.x + face.width_px <= frame.shape[1]
        assert face.width_px >= 33


def test_a_clip_in_which_nothing_moves_has_a_still_crop(make_clip: MakeClip) -> None:
    clip = make_clip(person(), "400+2*sin(5*t)", seconds=4)
    subject, one = planned(clip, probe(clip))
    assert one.video is not None
    assert (one.fit, one.video.path, subject.track) == ("crop", (), ())


def test_the_crop_jumps_at_the_cut_to_the_frame(make_clip: MakeClip, tmp_path: Path) -> None:
    then = Image.fromarray(255 - scenery(*SIZE))
    clip = make_clip(person(), "if(lt(t,2),40,467)", seconds=4, then=then)
    facts = probe(clip)
    assert [round(cut, 2) for cut in watch_clip(clip, facts).cuts_s] == [2.0]
    _, one = planned(clip, facts)
    assert one.video is not None
    assert one.video.path
    assert path_length_px(one.video.path) == 0
    (made,) = make_videos(clip, facts, [one], tmp_path, limit_s=100)
    frames = frames_of(tmp_path / made.path, every=1)
    for frame in (frames[0], *frames[48:53], frames[-1]):
        (face,) = find_faces(frame)
        assert face.x >= 0
        assert face.x + face.width_px <= frame.shape[1]


def test_looks_grow_with_the_clip_and_show_what_is_there_at_their_time(make_clip: MakeClip) -> None:
    clip = make_clip(person(), "27+17*floor(t*5)", seconds=5)
    watched = watch_clip(clip, probe(clip))
    assert len(watched.seen) == 15
    first = watched.seen[0].subject.focal.x * SIZE[0]
    for seen in watched.seen:
        gone = 17 * int(seen.t_s * 5 + 1e-6)
        assert abs(seen.subject.focal.x * SIZE[0] - first - gone) < 8


def moment(t_s: float, x: int | None, *, origin: str = "faces") -> Seen:
    if x is None:
        return Seen(t_s, Subject(focal=FocalPoint(0.5, 0.5)))
    box = Box(x, 100, 100, 100)
    return Seen(
        t_s, Subject(focal=FocalPoint(x / 960, 0.3), box=box, origin="faces" if origin == "faces" else "saliency")
    )


def test_a_face_lost_or_mistaken_for_an_instant_changes_nothing() -> None:
    xs = [200, 202, None, 204, 900, 206, 208, 210]
    subject = clip_subject(Watched(tuple(moment(at / 2, x) for at, x in enumerate(xs)), (), 8.0), SIZE)
    assert subject.box is not None
    assert subject.box.x + subject.box.width_px < 330
    assert subject.track == ()


def test_faces_of_one_scene_win_over_what_draws_the_eye_in_another() -> None:
    seen = [*(moment(at, 100) for at in range(4)), *(moment(at, 700, origin="saliency") for at in range(4, 8))]
    subject = clip_subject(Watched(tuple(seen), (4.0,), 8.0), SIZE)
    assert subject.origin == "faces"
    assert subject.box == Box(100, 100, 100, 100)
    assert [point.t_s for point in subject.track].count(4.0) == 2
    assert subject.track[-1].box.width_px == 1


def test_a_restless_eye_is_not_followed() -> None:
    xs = [10, 800, 300, 600, 50, 700, 200, 850]
    subject = clip_subject(Watched(tuple(moment(at, x, origin="saliency") for at, x in enumerate(xs)), (), 8.0), SIZE)
    assert subject.track == ()


def test_a_thing_that_stays_is_not_followed_wherever_on_it_the_eye_is() -> None:
    xs = [400, 440, 380, 450, 390, 430, 470, 400]
    subject = clip_subject(Watched(tuple(moment(at, x, origin="saliency") for at, x in enumerate(xs)), (), 8.0), SIZE)
    assert subject.track == ()


def test_a_clip_in_which_nothing_is_seen_keeps_its_middle() -> None:
    subject = clip_subject(Watched((moment(0, None), moment(1, None)), (), 8.0), SIZE)
    assert (subject.origin, subject.box, subject.focal.x) == ("centre", None, 0.5)
