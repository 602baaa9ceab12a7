"""Numbers of word n-grams, from the ids of their words."""

# Odd, and of 60 bits, so that products of ids run over the whole range of int64.
MULTIPLIER = 0x5851F42D4C957F2D


def stirred(hashed, ids):
    """Add one more id to each hash; products and shifts of int64 wrap on every device."""
    product = (hashed * MULTIPLIER + ids) * MULTIPLIER
    return product ^ (product >> 32)
