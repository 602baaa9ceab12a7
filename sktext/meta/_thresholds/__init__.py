"""Search for thresholds: candidates, objectives, one label or class at a time."""
