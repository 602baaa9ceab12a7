"""Joint training and scoring of the candidates of a search."""
