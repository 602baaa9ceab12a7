"""The search of a classifier that tunes itself: candidates, rounds, scores, votes."""
