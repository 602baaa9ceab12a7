"""Code that the hierarchical classifiers share."""
