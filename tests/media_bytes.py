"""Small media files made by the tests: JPEGs with chosen metadata, HEIC around a coded frame, clips by ffmpeg."""

from __future__ import annotations

import io
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw

XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0"
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
    "hdrgm": "http://ns.adobe.com/hdr-gain-map/1.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
}


def picture(size: tuple[int, int] = (64, 48), *, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """A drawn picture; another ``seed`` draws another."""
    image = Image.new(mode, size)
    draw = ImageDraw.Draw(image)
    for step in range(0, max(size), 8):
        shade = (step * 7 + seed * 31) % 256
        colour: int | tuple[int, ...] = shade if mode in ("L", "1", "I;16") else (shade,) * len(image.getbands())
        draw.line((step, 0, size[0] - step, size[1]), fill=colour, width=3)
    return image


def jpeg(size: tuple[int, int] = (64, 48), *, seed: int = 0, **options: object) -> bytes:
    """A JPEG of a drawn picture; ``options`` are Pillow's."""
    stream = io.BytesIO()
    picture(size, seed=seed).save(stream, "JPEG", **options)
    return stream.getvalue()


def with_segments(data: bytes, *segments: tuple[int, bytes]) -> bytes:
    """The JPEG with segments (marker, payload) put after its start."""
    blocks = b"".join(bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body for marker, body in segments)
    return data[:2] + blocks + data[2:]


def with_xmp(data: bytes, packet: bytes) -> bytes:
    """The JPEG with an XMP packet."""
    return with_segments(data, (0xE1, XMP_HEAD + packet))


def with_iptc(data: bytes, datasets: Sequence[tuple[int, int, bytes]]) -> bytes:
    """The JPEG with IPTC datasets (record, number, value) in a Photoshop block."""
    iim = b"".join(struct.pack(">BBBH", 0x1C, record, number, len(value)) + value for record, number, value in datasets)
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iim)) + iim + b"\0" * (len(iim) % 2)
    return with_segments(data, (0xED, b"Photoshop 3.0\0" + resource))


def xmp(body: str, attributes: str = "") -> bytes:
    """A packet whose description has ``attributes`` and ``body``."""
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {names} {attributes}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def lang_alt(name: str, **texts: str) -> str:
    """A property with one text a language; ``x_default`` is ``x-default``."""
    rows = "".join(f'<rdf:li xml:lang="{lang.replace("_", "-")}">{text}</rdf:li>' for lang, text in texts.items())
    return f"<{name}><rdf:Alt>{rows}</rdf:Alt></{name}>"


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg; its complaints fail the test."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)


def clip(
    path: Path, *options: str, seconds: float = 1.0, size: str = "64x48", fps: int = 25, sound: bool = True
) -> Path:
    """A short clip with a test pattern and a tone; ``options`` go before the output."""
    inputs: list[str] = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={fps}:duration={seconds}"]
    inputs += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"] if sound else []
    ffmpeg(*inputs, *options, path)
    return path


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box of an ISO base media file."""
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def heic(frame: bytes, config: bytes, size: tuple[int, int], *, exif: bytes = b"", turn: bytes = b"") -> bytes:
    """A HEIC file around one HEVC frame; ``turn`` are its irot and imir boxes."""
    full = b"\0\0\0\0"
    properties = [box(b"hvcC", config), box(b"ispe", full, struct.pack(">II", *size)), *_boxes(turn)]
    items = [(1, b"hvc1", frame), *([(2, b"Exif", b"\0\0\0\0" + exif)] if exif else [])]
    links = bytes([len(properties)]) + bytes(0x80 | index for index in range(1, len(properties) + 1))
    infos = [box(b"infe", b"\2\0\0\0", struct.pack(">HH", item, 0), kind, b"\0") for item, kind, _ in items]

    def meta(start: int) -> bytes:
        places, at = [], start
        for item, _, body in items:
            places.append(struct.pack(">HHHII", item, 0, 1, at, len(body)))
            at += len(body)
        return box(
            b"meta",
            full,
            box(b"hdlr", full, full, b"pict", bytes(12), b"\0"),
            box(b"pitm", full, struct.pack(">H", 1)),
            box(b"iloc", full, b"\x44\x00", struct.pack(">H", len(items)), *places),
            box(b"iinf", full, struct.pack(">H", len(items)), *infos),
            box(b"iprp", box(b"ipco", *properties), box(b"ipma", full, struct.pack(">IH", 1, 1), links)),
        )

    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + box(b"mdat", *(body for _, _, body in items))


def _boxes(data: bytes) -> list[bytes]:
    found = []
    while data:
        size = struct.unpack(">I", data[:4])[0]
        found.append(data[:size])
        data = data[size:]
    return found


def hevc_frame(folder: Path, size: tuple[int, int]) -> tuple[bytes, bytes]:
    """One coded HEVC frame and its decoder configuration, as HEIC wants them."""
    path = folder / "frame.mp4"
    options = ("-frames:v", "1", "-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p")
    clip(path, *options, "-tag:v", "hvc1", size=f"{size[0]}x{size[1]}", sound=False, seconds=0.1)
    data = path.read_bytes()
    at = data.index(b"hvcC")
    config = data[at + 4 : at - 4 + struct.unpack(">I", data[at - 4 : at])[0]]
    mdat = data.index(b"mdat")
    return data[mdat + 4 : mdat - 4 + struct.unpack(">I", data[mdat - 4 : mdat])[0]], config
