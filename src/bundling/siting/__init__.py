"""Charging sites."""
