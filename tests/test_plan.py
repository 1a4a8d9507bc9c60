"""Planning: every placement gets a file or a reason, nothing is enlarged, and sharing gives no one another file."""

from __future__ import annotations

import random
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ttdn_assets import wording
from ttdn_assets.geometry import holds
from ttdn_assets.model import (
    Audio,
    Box,
    Finding,
    FocalPoint,
    MediaFacts,
    Placement,
    RenditionPlan,
    Subject,
    VideoFacts,
    VideoPlan,
)
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.renditions.planning.plan import plan, plan_alone, rendition_path
from ttdn_assets.renditions.tolerances import ASPECT_TOLERANCE, WORDS_ROOM_BYTES
from ttdn_assets.settings import PlacementChoice

ALL = load_placements()
PICTURE = "5e" * 32
CENTRE = Subject(focal=FocalPoint(0.5, 0.5))
CLIP = VideoFacts(
    codec="h264",
    profile="High",
    pix_fmt="yuv420p",
    bit_depth=8,
    fps=30.0,
    vfr=False,
    interlaced=False,
    duration_s=20.0,
    sample_aspect=1.0,
    rotation_deg=0,
    mirrored=False,
    full_range=False,
    primaries="bt709",
    transfer="bt709",
    matrix="bt709",
    bitrate_bps=8_000_000,
    audio=Audio(codec="aac", channels=2, sample_rate_hz=48_000, bitrate_bps=128_000),
)


def photo(width: int = 6000, height: int = 4000, *, format: str = "jpeg") -> MediaFacts:
    size = (width, height)
    return MediaFacts(
        kind="photo", format=format, mime=f"image/{format}", extension=format, size_px=size, stored_size_px=size
    )


def clip(width: int = 1920, height: int = 1080, *, video: VideoFacts = CLIP, format: str = "mp4") -> MediaFacts:
    size = (width, height)
    return MediaFacts(
        kind="video",
        format=format,
        mime="video/mp4",
        extension=format,
        size_px=size,
        stored_size_px=size,
        video=video,
    )


def changed(**values: object) -> VideoFacts:
    return msgspec.structs.replace(CLIP, **values)


def planned(
    facts: MediaFacts,
    *ids: str,
    subject: Subject = CENTRE,
    size_bytes: int = 5_000_000,
    choices: Mapping[str, PlacementChoice] | None = None,
) -> tuple[tuple[RenditionPlan, ...], tuple[Finding, ...]]:
    placements = [ALL[name] for name in ids] if ids else list(ALL.values())
    return plan(
        facts,
        picture_sha256=PICTURE,
        size_bytes=size_bytes,
        placements=placements,
        subject=subject,
        choices=choices or {},
    )


def one(
    facts: MediaFacts,
    name: str,
    *,
    subject: Subject = CENTRE,
    size_bytes: int = 5_000_000,
    choices: Mapping[str, PlacementChoice] | None = None,
) -> RenditionPlan:
    plans, findings = planned(facts, name, subject=subject, size_bytes=size_bytes, choices=choices)
    assert [f for f in findings if f.level == "warning"] == []
    return plans[0]


def refused(facts: MediaFacts, name: str, *, size_bytes: int = 5_000_000) -> Finding:
    plans, findings = planned(facts, name, size_bytes=size_bytes)
    assert plans == ()
    return findings[0]


def coded(made: RenditionPlan) -> VideoPlan:
    assert made.video is not None
    return made.video


# Sizes and crops


@pytest.mark.parametrize(
    ("size", "name", "fit", "made"),
    [
        ((6000, 4000), "vietnamvn.article", "whole", (2560, 1707)),
        ((1500, 1000), "vietnamvn.article", "whole", (1500, 1000)),
        ((6000, 4000), "facebook.photo", "whole", (2048, 1365)),
        ((6000, 4000), "instagram.feed", "whole", (1440, 960)),
        ((3000, 4000), "instagram.feed", "crop", (1440, 1800)),
        ((8000, 2000), "instagram.feed", "pad", (1440, 754)),
        ((5000, 2000), "instagram.feed", "crop", (1440, 754)),
        ((6000, 4000), "instagram.carousel", "crop", (1440, 1800)),
        ((6000, 4000), "tiktok.photo", "whole", (1620, 1080)),
        ((4000, 6000), "tiktok.photo", "whole", (1080, 1620)),
        ((6000, 4000), "facebook.link_card", "crop", (1200, 630)),
        ((900, 600), "facebook.link_card", "crop", (899, 472)),
        ((1000, 526), "facebook.link_card", "whole", (1000, 526)),
        ((3840, 2160), "youtube.thumbnail", "whole", (1920, 1080)),
        ((1366, 768), "youtube.thumbnail", "whole", (1366, 768)),
        ((1400, 768), "youtube.thumbnail", "crop", (1365, 767)),
        ((6000, 4000), "threads.photo", "whole", (1440, 960)),
        ((6000, 4000), "happyvietnam.photo", "whole", (6000, 4000)),
    ],
)
def test_a_photo_gets_the_size_its_placement_recommends(
    size: tuple[int, int], name: str, fit: str, made: tuple[int, int]
) -> None:
    got = one(photo(*size), name)
    assert (got.fit, got.size_px) == (fit, made)


@pytest.mark.parametrize(
    ("size", "name", "fit", "made"),
    [
        ((1920, 1080), "facebook.reel", "pad", (1080, 1920)),
        ((1080, 1920), "facebook.reel", "whole", (1080, 1920)),
        ((1440, 1440), "facebook.reel", "crop", (810, 1440)),
        ((640, 360), "tiktok.video", "pad", (640, 1136)),
        ((3840, 2160), "youtube.video", "whole", (3840, 2160)),
        ((1920, 1080), "youtube.video", "whole", (1920, 1080)),
        ((2160, 3840), "instagram.reel", "whole", (1080, 1920)),
        ((1919, 1079), "led.video", "whole", (1918, 1078)),
        ((854, 480), "facebook.video", "whole", (854, 480)),
        ((1080, 1920), "youtube.video", "pad", (1920, 1080)),
        ((360, 640), "youtube.video", "pad", (1136, 640)),
        ((1080, 1920), "x.video", "whole", (720, 1280)),
        ((1921, 1081), "happyvietnam.video", "whole", (1920, 1080)),
    ],
)
def test_a_clip_gets_even_sides(size: tuple[int, int], name: str, fit: str, made: tuple[int, int]) -> None:
    got = one(clip(*size), name)
    assert (got.fit, got.size_px) == (fit, made)


def test_a_face_at_the_edge_moves_the_crop_and_stays_whole() -> None:
    face = Box(5200, 600, 500, 600)
    made = one(photo(), "instagram.carousel", subject=Subject(focal=FocalPoint(0.9, 0.2), box=face, origin="faces"))
    assert made.fit == "crop"
    assert made.crop is not None
    assert holds(made.crop, face)


def test_faces_too_wide_for_the_crop_are_padded_instead_of_cut() -> None:
    faces = Subject(focal=FocalPoint(0.5, 0.4), box=Box(300, 900, 5400, 900), origin="faces")
    made = one(photo(), "instagram.carousel", subject=faces)
    assert (made.fit, made.crop, made.size_px) == ("pad", None, (1440, 1800))


def test_a_sliver_nobody_misses_is_cut_whatever_the_subject() -> None:
    everything = Subject(focal=FocalPoint(0.5, 0.5), box=Box(0, 0, 1920, 1088), origin="saliency")
    assert one(clip(1920, 1088), "youtube.video", subject=everything).fit == "crop"


def test_a_focal_point_set_by_hand_is_followed() -> None:
    made = one(clip(), "tiktok.video", subject=Subject(focal=FocalPoint(0.0, 0.5), origin="hand"))
    assert made.crop == Box(0, 0, 608, 1080)


@pytest.mark.parametrize("key", ["instagram.carousel", "instagram"])
@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_the_unit_may_force_the_fit(key: str, fit: str) -> None:
    choices = {key: msgspec.convert({"fit": fit}, PlacementChoice)}
    assert one(photo(), "instagram.carousel", choices=choices).fit == fit


def test_a_crop_too_small_for_the_placement_gives_way_to_padding() -> None:
    subject = Subject(focal=FocalPoint(0.5, 0.5), box=Box(600, 300, 50, 50), origin="faces")
    assert one(clip(1280, 720), "facebook.reel", subject=subject).fit == "pad"
    assert one(clip(1280, 720), "youtube.short", subject=subject).fit == "crop"


# Reasons


@pytest.mark.parametrize(
    ("facts", "name", "rule", "measured", "allowed"),
    [
        (photo(4000, 2999), "happyvietnam.photo", "plan-short-side", 2999, 3000),
        (photo(1279, 1279), "vietnamvn.article", "plan-width", 1279, 1280),
        (photo(500, 500), "facebook.photo", "plan-width", 500, 600),
        (photo(300, 200), "facebook.link_card", "plan-width", 300, 600),
        (clip(), "x.photo", "plan-photo-only", None, None),
        (photo(), "x.video", "plan-clip-only", None, None),
        (clip(video=changed(duration_s=2.5)), "tiktok.video", "plan-too-short", 2.5, 3.0),
        (clip(video=changed(duration_s=3.02, picture_s=2.96)), "tiktok.video", "plan-too-short", 2.96, 3.0),
        (clip(video=changed(duration_s=0.0)), "tiktok.video", "plan-no-duration", None, None),
        (clip(video=changed(duration_s=90.5)), "facebook.reel", "plan-too-long", 90.5, 90.0),
        (clip(video=changed(duration_s=3000.0)), "zalo.article_video", "plan-too-long-for-bytes", 3000.0, 563),
        (clip(0, 0), "tiktok.video", "plan-no-picture", None, None),
    ],
)
def test_a_placement_that_cannot_be_made_says_why(
    facts: MediaFacts, name: str, rule: str, measured: object, allowed: object
) -> None:
    finding = refused(facts, name)
    level = "info" if rule.endswith("-only") else "warning"
    assert (finding.rule, finding.level, finding.placement) == (rule, level, name)
    assert (finding.measured, finding.allowed) == (measured, allowed)
    assert name in wording.say_finding(finding, "vi")


def test_a_contest_photo_is_sent_as_it_is_and_never_inflated() -> None:
    made = one(photo(4500, 3000), "happyvietnam.photo", size_bytes=3_000_000)
    assert (made.copy, made.bytes_min, made.dpi) == (True, None, 300)
    light = refused(photo(4500, 3000), "happyvietnam.photo", size_bytes=2_999_999)
    assert (light.rule, light.measured) == ("plan-too-few-bytes", 2_999_999)
    heic = one(photo(4500, 3000, format="heic"), "happyvietnam.photo", size_bytes=1_500_000)
    assert (heic.copy, heic.format, heic.size_px, heic.bytes_max) == (False, "jpeg", (4500, 3000), None)


def test_trim_makes_a_long_clip_fit_and_says_so() -> None:
    long = clip(video=changed(duration_s=120.0))
    made, findings = planned(long, "facebook.reel", choices={"facebook.reel": PlacementChoice(trim=True)})
    assert coded(made[0]).trimmed
    assert coded(made[0]).duration_s == pytest.approx(89.8)
    assert [(f.rule, f.placement) for f in findings] == [("plan-trimmed", "facebook.reel")]


def test_the_padding_of_the_last_packets_is_no_excess() -> None:
    made = coded(one(clip(video=changed(duration_s=60.05)), "facebook.story_video"))
    assert not made.trimmed
    assert made.duration_s == pytest.approx(59.8)


def test_what_a_picture_loses_is_told_once() -> None:
    facts = msgspec.structs.replace(photo(format="gif"), frames=12, has_alpha=True, hdr="gain_map")
    _, findings = planned(facts, "facebook.photo", "x.photo")
    assert [f.rule for f in findings] == ["plan-first-frame", "plan-alpha-flattened", "plan-hdr-to-sdr"]
    panorama = msgspec.structs.replace(photo(6000, 3000), projection="equirectangular")
    _, findings = planned(panorama, "vietnamvn.article", "instagram.carousel")
    assert [(f.rule, f.placement) for f in findings] == [("plan-projection-lost", "instagram.carousel")]


# Frame rate, sound, bitrate, copies


@pytest.mark.parametrize(
    ("fps", "vfr", "name", "expected"),
    [
        (30.0, False, "facebook.reel", 30),
        (24_000 / 1001, False, "facebook.reel", 24),
        (24_000 / 1001, False, "instagram.reel", 24_000 / 1001),
        (23.976, False, "instagram.reel", 24_000 / 1001),
        (120.0, False, "facebook.reel", 60),
        (240.0, False, "tiktok.video", 60),
        (100.0, False, "tiktok.video", 50),
        (60.0, False, "facebook.video", 30),
        (60_000 / 1001, False, "facebook.video", 30_000 / 1001),
        (50.0, False, "facebook.video", 25),
        (15.0, False, "facebook.reel", 30),
        (12.5, False, "tiktok.video", 25),
        (12.0, False, "tiktok.video", 24),
        (7.0, False, "tiktok.video", 30),
        (22.5, False, "tiktok.video", 24_000 / 1001),
        (29.801, False, "tiktok.video", 30_000 / 1001),
        (24.0, False, "led.video", 25),
        (60_000 / 1001, False, "led.video", 30),
        (29.4, True, "tiktok.video", 30),
        (10.0, True, "facebook.reel", 24),
        (0.0, True, "facebook.reel", 30),
        (10.0, False, "happyvietnam.video", 10),
        (1.0, False, "facebook.video", 24),
        (5.0, False, "x.video", 25),
    ],
)
def test_the_frame_rate_is_kept_or_moved_to_the_nearest_allowed(
    fps: float, vfr: bool, name: str, expected: float
) -> None:
    facts = clip(1280, 700, video=changed(fps=fps, vfr=vfr, codec="mpeg4"))
    assert coded(one(facts, name)).fps == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("audio", "name", "expected"),
    [
        (CLIP.audio, "facebook.reel", "encode"),
        (None, "facebook.reel", "silence"),
        (None, "tiktok.video", "silence"),
        (CLIP.audio, "led.video", "none"),
    ],
)
def test_sound_is_what_the_placement_wants(audio: Audio | None, name: str, expected: str) -> None:
    assert coded(one(clip(1280, 700, video=changed(audio=audio)), name)).audio == expected


@pytest.mark.parametrize(
    ("own", "expected"), [(64_000, 128_000), (130_000, 192_000), (320_000, 320_000), (1_536_000, 384_000)]
)
def test_sound_is_coded_at_its_own_rate_within_reason(own: int, expected: int) -> None:
    audio = Audio(codec="pcm_s16le", channels=2, sample_rate_hz=48_000, bitrate_bps=own)
    assert coded(one(clip(1280, 700, video=changed(audio=audio)), "tiktok.video")).audio_bitrate_bps == expected


@pytest.mark.parametrize("duration_s", [10.0, 60.0, 120.0, 300.0])
def test_the_bitrate_keeps_the_clip_under_its_byte_cap(duration_s: float) -> None:
    made = one(clip(video=changed(duration_s=duration_s)), "zalo.article_video")
    video = coded(made)
    assert video.video_bitrate_max_bps is not None
    total = (video.video_bitrate_max_bps + video.audio_bitrate_bps) * duration_s / 8
    assert total <= 50_000_000 * 0.97 - WORDS_ROOM_BYTES
    assert (made.bytes_max == 50_000_000) == (duration_s >= 60)


def test_a_conforming_clip_is_copied_for_all_that_take_it() -> None:
    plans, _ = planned(clip(), "facebook.video", "vietnamvn.video", "youtube.video", "happyvietnam.video")
    assert [(p.copy, p.fit, len(p.placements)) for p in plans] == [(True, "whole", 4)]
    assert coded(plans[0]).audio == "copy"


@pytest.mark.parametrize("format", ["mov", "m4v", "mkv", "3gp"])
def test_a_clip_in_another_container_is_remuxed(format: str) -> None:
    made = one(clip(format=format), "youtube.video")
    assert (made.copy, made.format) == (True, "mp4")


@pytest.mark.parametrize(
    "values",
    [
        {"codec": "mpeg4"},
        {"profile": "High 4:2:2"},
        {"pix_fmt": "yuvj420p"},
        {"bit_depth": 10},
        {"interlaced": True},
        {"full_range": True},
        {"sample_aspect": 1.333},
        {"rotation_deg": 90},
        {"mirrored": True},
        {"primaries": "bt2020"},
        {"vfr": True},
        {"fps": 60.0},
        {"hidden_s": 1.3},
    ],
)
def test_a_clip_that_does_not_conform_is_coded_anew(values: dict[str, object]) -> None:
    assert not one(clip(video=changed(**values)), "vietnamvn.video").copy


def test_a_capture_of_a_frame_a_second_is_no_copy_that_begins_seconds_late() -> None:
    assert one(clip(video=changed(fps=10.0)), "facebook.video").copy
    assert not one(clip(video=changed(fps=1.0)), "facebook.video").copy


def test_sound_alone_is_coded_anew_beside_a_conforming_picture() -> None:
    mono = Audio(codec="pcm_s16le", channels=1, sample_rate_hz=44_100)
    made = coded(one(clip(1080, 1920, video=changed(audio=mono)), "facebook.reel"))
    assert (made.copy, made.audio) == (True, "encode")
    silent = coded(one(clip(1080, 1920, video=changed(audio=None)), "facebook.reel"))
    assert (silent.copy, silent.audio) == (True, "silence")


def test_too_heavy_a_clip_is_not_copied() -> None:
    assert not one(clip(video=changed(duration_s=299.0)), "happyvietnam.video", size_bytes=199_990_000).copy


@pytest.mark.parametrize(
    "values",
    [
        {"format": "png"},
        {"orientation": 6},
        {"icc_name": "Display P3"},
        {"colour": "cmyk"},
        {"frames": 2},
        {"hdr": "gain_map"},
        {"stored_size_px": (720, 1080)},
    ],
)
def test_only_an_upright_srgb_jpeg_is_copied(values: dict[str, object]) -> None:
    facts = photo(1080, 720)
    assert one(facts, "facebook.photo", size_bytes=300_000).copy
    assert not one(msgspec.structs.replace(facts, **values), "facebook.photo", size_bytes=300_000).copy
    assert not one(facts, "facebook.photo", size_bytes=3_990_000).copy


# Sharing


def test_vertical_clips_share_one_file() -> None:
    ids = ("facebook.reel", "instagram.reel", "tiktok.video", "youtube.short")
    for audio in (CLIP.audio, None):
        plans, _ = planned(clip(video=changed(audio=audio)), *ids)
        assert [p.placements for p in plans] == [ids]


def test_a_tight_byte_cap_is_not_shared() -> None:
    plans, _ = planned(photo(), "facebook.photo", "vietnamvn.article", "zalo.article_image", "youtube.thumbnail")
    assert len(plans) == 4
    assert {p.placements[0]: p.bytes_max for p in plans}["vietnamvn.article"] == 2_000_000


def test_a_target_added_later_leaves_the_others_recipes() -> None:
    before, _ = planned(clip(), *(p.id for p in choose(["tiktok"], ALL)["tiktok"]))
    after, _ = planned(clip())
    assert {p.recipe for p in before} <= {p.recipe for p in after}


def test_the_recipe_follows_the_picture_and_every_parameter() -> None:
    base = one(photo(), "facebook.photo")
    other = plan(
        photo(), picture_sha256="00" * 32, size_bytes=1, placements=[ALL["facebook.photo"]], subject=CENTRE, choices={}
    )[0][0]
    padded = one(photo(), "instagram.carousel", choices={"instagram": PlacementChoice(fit="pad")})
    assert len({base.recipe, other.recipe, padded.recipe, one(photo(), "instagram.carousel").recipe}) == 4
    assert base.recipe == one(photo(), "facebook.photo").recipe
    assert rendition_path(base) == f"renditions/{base.recipe[:2]}/{base.recipe}.jpg"
    assert rendition_path(one(clip(), "facebook.reel")).endswith(".mp4")


# What holds for every source

SIDES = st.integers(1, 9000)
SHARES = st.floats(0, 1)


@st.composite
def subjects(draw: st.DrawFn, size: tuple[int, int]) -> Subject:
    focal = FocalPoint(draw(SHARES), draw(SHARES))
    if draw(st.booleans()):
        return Subject(focal=focal, origin=draw(st.sampled_from(["centre", "hand"])))
    x, y = draw(st.integers(0, size[0] - 1)), draw(st.integers(0, size[1] - 1))
    box = Box(x, y, draw(st.integers(1, size[0] - x)), draw(st.integers(1, size[1] - y)))
    return Subject(focal=focal, box=box, origin="faces")


@st.composite
def sources(draw: st.DrawFn) -> tuple[MediaFacts, Subject, int]:
    size = (draw(SIDES), draw(SIDES))
    if draw(st.booleans()):
        facts = photo(*size, format=draw(st.sampled_from(["jpeg", "heic", "png"])))
    else:
        sound = draw(st.sampled_from([None, CLIP.audio, Audio(codec="opus", channels=1, sample_rate_hz=44_100)]))
        video = changed(
            fps=draw(st.floats(1, 300)),
            vfr=draw(st.booleans()),
            duration_s=draw(st.floats(0.1, 50_000)),
            codec=draw(st.sampled_from(["h264", "hevc", "vp9"])),
            audio=sound,
        )
        facts = clip(*size, video=video)
    return facts, draw(subjects(size)), draw(st.integers(1, 400_000_000))


CHOICES = st.dictionaries(
    st.sampled_from(sorted(ALL)),
    st.builds(PlacementChoice, trim=st.sampled_from([None, True]), fit=st.sampled_from([None, "crop", "pad"])),
    max_size=4,
)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(sources(), CHOICES)
def test_every_placement_gets_a_file_or_a_reason_exactly_once(
    source: tuple[MediaFacts, Subject, int], choices: dict[str, PlacementChoice]
) -> None:
    facts, subject, size_bytes = source
    plans, findings = planned(facts, subject=subject, size_bytes=size_bytes, choices=choices)
    told = [f.placement for f in findings if f.placement and f.rule != "plan-trimmed"]
    assert sorted([*told, *(name for made in plans for name in made.placements)]) == sorted(ALL)


@MANY
@given(sources(), CHOICES)
def test_nothing_is_enlarged_and_every_size_is_within_its_limits(
    source: tuple[MediaFacts, Subject, int], choices: dict[str, PlacementChoice]
) -> None:
    facts, subject, size_bytes = source
    plans, _ = planned(facts, subject=subject, size_bytes=size_bytes, choices=choices)
    for made in plans:
        assert_not_enlarged(facts, made)
        for name in made.placements:
            assert_within(made, ALL[name])


def assert_not_enlarged(facts: MediaFacts, made: RenditionPlan) -> None:
    width, height = made.size_px
    source_width, source_height = facts.size_px
    if made.kind == "video":
        assert width % 2 == 0
        assert height % 2 == 0
    if made.fit == "pad":
        assert width <= max(2, source_width) or height <= max(2, source_height)
        return
    box = made.crop or Box(0, 0, source_width, source_height)
    assert holds(Box(0, 0, source_width, source_height), box)
    floor = 2 if made.kind == "video" else 1
    assert width <= max(floor, box.width_px)
    assert height <= max(floor, box.height_px)


def assert_within(made: RenditionPlan, placement: Placement) -> None:
    width, height = made.size_px
    assert (placement.width_min_px or 0) <= width <= (placement.width_max_px or width)
    assert (placement.height_min_px or 0) <= height <= (placement.height_max_px or height)
    assert (placement.short_side_min_px or 0) <= min(width, height)
    assert min(width, height) <= (placement.short_side_max_px or width)
    assert max(width, height) <= (placement.long_side_max_px or max(width, height))
    if min(width, height) >= 200:
        ratio = width / height
        assert (placement.aspect_min or ratio) * (1 - ASPECT_TOLERANCE) <= ratio
        assert ratio <= (placement.aspect_max or ratio) * (1 + ASPECT_TOLERANCE)
    assert made.bytes_max is None or placement.bytes_max is None or made.bytes_max <= placement.bytes_max
    if made.video:
        assert made.video.duration_s <= (placement.duration_max_s or made.video.duration_s)


@MANY
@given(sources(), st.randoms(use_true_random=False))
def test_the_order_of_placements_means_nothing(source: tuple[MediaFacts, Subject, int], order: random.Random) -> None:
    facts, subject, size_bytes = source
    ids = sorted(ALL)
    expected = planned(facts, *ids, subject=subject, size_bytes=size_bytes)
    order.shuffle(ids)
    assert planned(facts, *ids, *ids[:3], subject=subject, size_bytes=size_bytes) == expected


@MANY
@given(sources())
def test_sharing_gives_each_placement_the_file_it_would_get_alone(source: tuple[MediaFacts, Subject, int]) -> None:
    facts, subject, size_bytes = source
    plans, _ = planned(facts, subject=subject, size_bytes=size_bytes)
    for made in plans:
        for name in made.placements:
            alone = plan_alone(
                facts, size_bytes=size_bytes, placement=ALL[name], subject=subject, choice=PlacementChoice()
            )
            assert alone == msgspec.structs.replace(made, recipe="", placements=())
    assert len({made.recipe for made in plans}) == len(plans)
