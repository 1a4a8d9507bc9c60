"""A clip of any supported container is probed by content: size, turn, rate, duration, colour, sound, tags."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from legacy_bytes import legacy_bytes
from media_bytes import box, clip, ffmpeg, lang_alt, xmp
from ttdn_assets.errors import MediaError
from ttdn_assets.media.movie import turn_of_matrix
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Gps, MediaFacts, VideoFacts

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def video(facts: MediaFacts) -> VideoFacts:
    assert facts.video is not None
    return facts.video


@pytest.mark.parametrize(
    ("suffix", "options", "format", "codec"),
    [
        ("mp4", (*H264, "-c:a", "aac"), "mp4", "h264"),
        ("mov", (*H264, "-c:a", "aac"), "mov", "h264"),
        ("m4v", (*H264, "-c:a", "aac"), "m4v", "h264"),
        ("3gp", (*H264, "-c:a", "aac"), "3gp", "h264"),
        ("mkv", (*H264, "-c:a", "aac"), "mkv", "h264"),
        ("webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus"), "webm", "vp9"),
        ("avi", ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le"), "avi", "mjpeg"),
        ("mts", (*H264, "-c:a", "ac3", "-f", "mpegts", "-mpegts_m2ts_mode", "1"), "mts", "h264"),
        ("mpg", ("-c:v", "mpeg2video", "-c:a", "mp2"), "mpg", "mpeg2video"),
        ("flv", (*H264, "-c:a", "aac"), "flv", "h264"),
        ("wmv", ("-c:v", "wmv2", "-c:a", "wmav2"), "wmv", "wmv2"),
        ("mxf", ("-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ar", "48000"), "mxf", "mpeg2video"),
    ],
)
def test_every_container_is_known_by_its_content(
    tmp_path: Path, suffix: str, options: tuple[str, ...], format: str, codec: str
) -> None:
    clip(tmp_path / f"a.{suffix}", *options)
    facts = probe((tmp_path / f"a.{suffix}").rename(tmp_path / "named.jpg"))
    assert (facts.kind, facts.format, facts.size_px, video(facts).codec) == ("video", format, (64, 48), codec)
    assert video(facts).fps == pytest.approx(25, abs=0.01)
    assert video(facts).duration_s == pytest.approx(1, abs=0.12)
    assert not video(facts).vfr
    assert facts.frames in (25, 24)
    assert video(facts).audio is not None


@pytest.mark.parametrize(("turn", "size"), [(90, (48, 64)), (180, (64, 48)), (270, (48, 64))])
def test_the_display_matrix_turns_the_size(tmp_path: Path, turn: int, size: tuple[int, int]) -> None:
    clip(tmp_path / "a.mp4", *H264, sound=False)
    ffmpeg("-display_rotation", str(-turn), "-i", tmp_path / "a.mp4", "-c", "copy", tmp_path / "b.mp4")
    facts = probe(tmp_path / "b.mp4")
    assert (facts.size_px, facts.stored_size_px) == (size, (64, 48))
    assert (video(facts).rotation_deg, video(facts).mirrored) == (turn, False)


def test_a_mirrored_clip_says_so(tmp_path: Path) -> None:
    clip(tmp_path / "a.mp4", *H264, sound=False)
    ffmpeg("-display_hflip", "-i", tmp_path / "a.mp4", "-c", "copy", tmp_path / "b.mp4")
    assert (video(probe(tmp_path / "b.mp4")).rotation_deg, video(probe(tmp_path / "b.mp4")).mirrored) == (0, True)


@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        ((1, 0, 0, 1), (0, False)),
        ((0, 1, -1, 0), (90, False)),
        ((-1, 0, 0, -1), (180, False)),
        ((0, -1, 1, 0), (270, False)),
        ((-1, 0, 0, 1), (0, True)),
        ((1, 0, 0, -1), (180, True)),
        ((0, 1, 1, 0), (270, True)),
        ((0, -1, -1, 0), (90, True)),
        ((0, 0, 0, 0), (0, False)),
        ((0.7, 0.7, -0.7, 0.7), (0, False)),
    ],
)
def test_matrices_are_quarter_turns_after_a_mirror(
    matrix: tuple[float, float, float, float], turn: tuple[int, bool]
) -> None:
    assert turn_of_matrix(*matrix) == turn


def test_uneven_steps_are_a_variable_rate(tmp_path: Path) -> None:
    steps = "setpts='if(lt(N,12),N/25,12/25+(N-12)/10)/TB'"
    clip(tmp_path / "a.mp4", "-vf", steps, "-fps_mode", "vfr", *H264, sound=False)
    assert video(probe(tmp_path / "a.mp4")).vfr


def test_a_tape_of_a_dv_camcorder_is_a_clip(tmp_path: Path) -> None:
    options = ("-c:v", "dvvideo", "-pix_fmt", "yuv420p", "-vf", "setsar=16/15", "-c:a", "pcm_s16le", "-ar", "48000")
    clip(tmp_path / "a.dv", *options, "-ac", "2", size="720x576")
    facts = probe(tmp_path / "a.dv")
    assert (facts.format, facts.size_px, video(facts).fps) == ("dv", (768, 576), 25)
    assert video(facts).audio is not None


def test_a_pause_of_the_recording_does_not_lower_the_rate(tmp_path: Path) -> None:
    clip(tmp_path / "a.mp4", "-vf", "setpts='(N/25+if(gt(N,12),1,0))/TB'", "-fps_mode", "vfr", *H264, sound=False)
    facts = video(probe(tmp_path / "a.mp4"))
    assert (facts.fps, facts.vfr) == (25.0, True)


def test_interlaced_pictures_are_known(tmp_path: Path) -> None:
    options = ("-vf", "interlace", "-flags", "+ildct+ilme", "-c:v", "mpeg2video")
    clip(tmp_path / "a.mpg", *options, size="64x64", fps=50, sound=False)
    facts = probe(tmp_path / "a.mpg")
    assert video(facts).interlaced
    assert video(facts).fps == pytest.approx(25, abs=0.01)


def test_square_pixels_are_what_counts(tmp_path: Path) -> None:
    clip(tmp_path / "a.mp4", "-vf", "setsar=4/3", *H264, sound=False)
    facts = probe(tmp_path / "a.mp4")
    assert (facts.size_px, facts.stored_size_px) == ((85, 48), (64, 48))


@pytest.mark.parametrize(("curve", "hdr"), [("smpte2084", "pq"), ("arib-std-b67", "hlg"), ("bt709", None)])
def test_hdr_is_told_by_the_curve(tmp_path: Path, curve: str, hdr: str | None) -> None:
    parameters = f"log-level=none:colorprim=bt2020:transfer={curve}:colormatrix=bt2020nc"
    options = ("-c:v", "libx265", "-x265-params", parameters, "-pix_fmt", "yuv420p10le")
    clip(tmp_path / "a.mp4", *options, seconds=0.2, sound=False)
    facts = probe(tmp_path / "a.mp4")
    assert (facts.hdr, facts.bit_depth, video(facts).transfer) == (hdr, 10, curve)
    assert (video(facts).primaries, video(facts).matrix) == ("bt2020", "bt2020nc")


def test_alpha_and_full_range_are_told(tmp_path: Path) -> None:
    see_through = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-pix_fmt", "yuva420p")
    assert probe(clip(tmp_path / "a.webm", *see_through, seconds=0.2, sound=False)).has_alpha
    full = ("-vf", "scale=out_range=pc", "-color_range", "pc", *H264)
    assert video(probe(clip(tmp_path / "b.mp4", *full, sound=False))).full_range


def test_clips_that_cannot_be_rewound_are_read(tmp_path: Path) -> None:
    flash, early = tmp_path / "a.flv", tmp_path / "a.mkv"
    clip(flash, "-c:v", "flv1", "-c:a", "libmp3lame", "-ar", "44100", "-flvflags", "no_duration_filesize")
    clip(early, *H264, "-c:a", "aac", "-output_ts_offset", "-0.5", "-avoid_negative_ts", "disabled")
    assert [video(probe(path)).codec for path in (flash, early)] == ["flv1", "h264"]


def test_the_sound_is_the_track_that_players_choose(tmp_path: Path) -> None:
    one, two = clip(tmp_path / "a.mkv", *H264, "-c:a", "aac"), tmp_path / "b.mkv"
    chosen = ("-disposition:a:0", "0", "-disposition:a:1", "default")
    ffmpeg("-i", one, "-map", "0:v", "-map", "0:a", "-map", "0:a", "-c", "copy", *chosen, two)
    assert [sound.stream for path in (one, two) if (sound := video(probe(path)).audio)] == [1, 2]


def test_what_an_edit_list_hides_is_told(tmp_path: Path) -> None:
    whole = clip(tmp_path / "a.mp4", *H264, "-c:a", "aac")
    ffmpeg("-ss", "0.6", "-i", whole, "-c", "copy", tmp_path / "b.mp4")
    ffmpeg("-i", whole, "-ss", "0.5", "-i", whole, "-map", "0:v", "-map", "1:a", "-c", "copy", tmp_path / "c.mp4")
    assert video(probe(whole)).hidden_s < 0.1
    assert video(probe(tmp_path / "c.mp4")).hidden_s == pytest.approx(0.5, abs=0.06)
    assert video(probe(tmp_path / "b.mp4")).hidden_s == pytest.approx(0.6, abs=0.06)


def test_layout_tells_index_edit_list_and_sound(tmp_path: Path) -> None:
    late, early = tmp_path / "late.mp4", tmp_path / "early.mp4"
    clip(late, *H264, "-c:a", "aac", "-ac", "2", "-ar", "44100")
    ffmpeg("-i", late, "-c", "copy", "-movflags", "+faststart", "-use_editlist", "0", early)
    assert (video(probe(late)).moov_first, video(probe(early)).moov_first) == (False, True)
    assert (video(probe(late)).edit_list, video(probe(early)).edit_list) == (True, False)
    sound = video(probe(late)).audio
    assert sound is not None
    assert (sound.codec, sound.channels, sound.sample_rate_hz) == ("aac", 2, 44100)


def test_tags_give_time_place_and_words(tmp_path: Path) -> None:
    tags = {
        "creation_time": "2026-03-02T18:30:05Z",
        "location": "+21.3250+103.9100/",
        "title": "Lễ hội hoa ban",
        "comment": "Khai mạc",
        "artist": "Lan",
        "copyright": "Sở VHTTDL",
    }
    options = [part for key, value in tags.items() for part in ("-metadata", f"{key}={value}")]
    facts = probe(clip(tmp_path / "a.mp4", *H264, *options, sound=False))
    assert facts.taken_at == "2026-03-03T01:30:05+07:00"
    assert facts.gps == Gps(21.325, 103.91)
    assert {(text.field, text.value) for text in facts.texts} == {
        ("title", "Lễ hội hoa ban"),
        ("description", "Khai mạc"),
        ("author", "Lan"),
        ("rights", "Sở VHTTDL"),
    }


def test_apples_tags_give_the_local_time_with_its_zone(tmp_path: Path) -> None:
    options = (
        "-movflags",
        "use_metadata_tags",
        "-metadata",
        "com.apple.quicktime.creationdate=2026-03-02T08:30:05+0800",
    )
    more = ("-metadata", "com.apple.quicktime.make=Apple", "-metadata", "com.apple.quicktime.model=iPhone 14 Pro")
    facts = probe(clip(tmp_path / "a.mov", *H264, *options, *more, sound=False))
    assert (facts.taken_at, facts.camera) == ("2026-03-02T08:30:05+08:00", "Apple iPhone 14 Pro")


def test_titles_in_an_old_code_are_repaired(tmp_path: Path) -> None:
    clip(tmp_path / "a.avi", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-metadata", f"title={'x' * 22}", sound=False)
    data = (tmp_path / "a.avi").read_bytes()
    words = legacy_bytes("Lễ hội hoa ban Sơn La", "tcvn3")
    (tmp_path / "a.avi").write_bytes(data.replace(b"x" * 22, words.ljust(22)))
    assert [text.value for text in probe(tmp_path / "a.avi").texts] == ["Lễ hội hoa ban Sơn La"]


def test_a_sidecar_describes_a_clip(tmp_path: Path) -> None:
    sidecar = tmp_path / "a.xmp"
    sidecar.write_bytes(xmp(lang_alt("dc:title", vi="Hoa ban")))
    facts = probe(clip(tmp_path / "a.mp4", *H264, sound=False), companions=[sidecar])
    assert [(text.lang, text.value) for text in facts.texts] == [("vi", "Hoa ban")]


def test_a_sphere_is_known_by_its_projection(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", *H264, sound=False)
    rdf = b"<rdf:SphericalVideo><GSpherical:Spherical>true</GSpherical:Spherical></rdf:SphericalVideo>"
    sphere = box(b"uuid", bytes.fromhex("ffcc8263f8554a938814587a02521fdd"), rdf)
    data = bytearray(path.read_bytes())
    for kind in (b"moov", b"trak"):
        at = data.index(kind) - 4
        data[at : at + 4] = struct.pack(">I", struct.unpack(">I", data[at : at + 4])[0] + len(sphere))
    at = data.index(b"trak") - 4
    end = at + struct.unpack(">I", data[at : at + 4])[0] - len(sphere)
    path.write_bytes(data[:end] + sphere + data[end:])
    assert probe(path).projection == "equirectangular"


def refused(path: Path) -> str:
    with pytest.raises(MediaError) as caught:
        probe(path)
    assert str(path) in str(caught.value)
    return caught.value.code


def test_a_clip_cut_before_its_index_is_told(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", *H264)
    path.write_bytes(path.read_bytes()[:3000])
    assert refused(path) == "video-cut"


def test_a_clip_cut_at_its_end_plays_less_than_it_claims(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", *H264, "-movflags", "+faststart", "-g", "5", seconds=6, sound=False)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    facts = probe(path)
    assert 0.5 < video(facts).duration_s < 5
    assert {finding.rule for finding in facts.findings} == {"duration-untrue", "video-cut-short"}


def test_a_duration_that_lies_is_measured_anew(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mkv", *H264, seconds=2, sound=False)
    data = path.read_bytes()
    at = data.index(b"\x44\x89\x88") + 3
    path.write_bytes(data[:at] + struct.pack(">d", 1_132_000.0) + data[at + 8 :])
    facts = probe(path)
    assert video(facts).duration_s == pytest.approx(2, abs=0.05)
    assert [finding.rule for finding in facts.findings] == ["duration-untrue"]


def test_sound_alone_and_protected_clips_are_refused_by_name(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", "-f", "mp4", tmp_path / "sound.mp4")
    assert refused(tmp_path / "sound.mp4") == "video-no-picture"
    keys = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "0" * 31 + "1", "-encryption_kid", "0" * 31 + "2")
    clip(tmp_path / "closed.mp4", *H264, *keys, sound=False)
    assert refused(tmp_path / "closed.mp4") == "video-encrypted"


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "mts"])
def test_every_cut_of_a_clip_ends_well(tmp_path: Path, suffix: str) -> None:
    options = (*H264, "-f", "mpegts") if suffix == "mts" else H264
    path = clip(tmp_path / f"a.{suffix}", *options, seconds=0.4)
    data = path.read_bytes()
    for part in range(12):
        path.write_bytes(data[: len(data) * part // 12])
        assert re.match("read|video-|file-empty|not-media", outcome(path))


def outcome(path: Path) -> str:
    try:
        return f"read {video(probe(path)).duration_s}"
    except MediaError as error:
        return error.code


def test_a_playlist_is_no_clip_and_opens_nothing(tmp_path: Path) -> None:
    clip(tmp_path / "secret.mp4", *H264, sound=False)
    (tmp_path / "a.mp4").write_text(f"#EXTM3U\n#EXTINF:1,\n{tmp_path / 'secret.mp4'}\n", encoding="utf-8")
    assert refused(tmp_path / "a.mp4") == "not-media"


@pytest.mark.parametrize("name", ["-dash.mp4", "concat:a.mp4", "dấu cách 🎬.mp4", "%d.mp4"])
def test_names_are_only_names(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = clip(tmp_path / "a.mp4", *H264, sound=False)
    try:
        made.rename(tmp_path / name)
    except OSError:
        pytest.skip("the system has no such names")
    monkeypatch.chdir(tmp_path)
    assert probe(Path(name)).size_px == (64, 48)
