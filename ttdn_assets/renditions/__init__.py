"""From placements to files that conform: seen (``watching``), planned, made (``photo``, ``video``), measured anew.

watching   what must stay in view of a picture or a clip
planning   which placements share a file, and which pixels go into it
photo      a photo's files;  overlay: the unit's mark on photos and clips
video      a clip's files, its frames and its poster
checking   a written file against a placement, knowing nothing of the plan
"""
