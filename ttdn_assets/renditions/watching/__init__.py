"""What must stay in view: of a photo, and of a clip over time."""
