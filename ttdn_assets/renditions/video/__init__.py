"""The files of a clip: what ffmpeg is told, run by run, and what comes of it."""
