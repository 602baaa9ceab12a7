"""What the hierarchical classifiers share."""
