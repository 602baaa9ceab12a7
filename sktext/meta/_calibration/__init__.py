"""How probabilities are calibrated: maps, their fits, what the training has biased."""
