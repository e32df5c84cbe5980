"""Worked examples on the regions: short scripts to read, run and change."""
