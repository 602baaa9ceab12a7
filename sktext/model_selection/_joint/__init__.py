"""How the candidates of a search train side by side: what they share, and how they take turns."""
