"""How thresholds are found: candidates, objectives, one label or class at a time."""
