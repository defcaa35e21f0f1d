"""Operators of opsets after 23, written with those of 23."""
