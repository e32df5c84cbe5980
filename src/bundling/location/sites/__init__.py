"""What all location problems share: kernels, bounds, and two searches over open sites."""
