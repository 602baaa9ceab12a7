"""How a classifier trains: rows, batches, the loop, optimizers, callbacks, checkpoints."""
