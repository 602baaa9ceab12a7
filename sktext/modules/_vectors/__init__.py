"""Word vectors that an embedding starts from: files, trained ones, their look-up."""
