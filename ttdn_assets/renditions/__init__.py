"""From placements to files that conform: planned (``plan``), made (``photo``, ``video``), measured anew (``check``)."""
