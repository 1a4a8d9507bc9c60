"""What each slot of each platform accepts: one TOML a platform, each figure with source, date and confidence.

Confidence, strongest first:

- ``P``: seen on the platform's own page, whose address is given;
- ``P*``: a dated copy or reading of the platform's own page;
- ``S``: secondary, such as a scheduler's source code, a vendor's documentation or the press;
- ``M``: a default of this house where nothing was found published: edit it once you know better.

A unit puts its own ``*.toml`` into its library's ``placements`` folder: the same form, where a bare value stands for
the unit's own word, overrides single figures of a placement or adds a new one, such as an LED screen::

    platform = "led"

    [slots.long_sap]
    kind = "video"
    name = { vi = "Màn hình LED cửa khẩu Lóng Sập", en = "LED board at Lóng Sập border gate" }
    formats = ["mp4"]
    sizes_px = [[1344, 768]]
    video_codecs = ["h264"]
    audio = "none"

Sizes are in one of three forms, and a placement has exactly one of them: ``sizes_px`` (fixed shapes, the one nearest
the source's ratio is taken), ``long_edge_px`` (the source's own ratio, moved to the nearest of ``aspect_min`` and
``aspect_max`` where it lies outside), ``keep_original`` (the source's pixels).  Bytes are decimal: 1 MB = 1,000,000.
"""

from ttdn_assets.placements.loader import choose, load_placements

__all__ = ["choose", "load_placements"]
