"""Search for electric rounds: compiled kernels with charging labels."""
