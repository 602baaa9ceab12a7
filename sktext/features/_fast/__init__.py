"""The engine of the fast vectorizers: texts to counts of terms, several texts at a time."""
