"""Calibration of probabilities: maps, their fits, and what the training has biased."""
