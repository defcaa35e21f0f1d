"""Losses, metrics, optimizers, schedules and callbacks as descriptions: a definition written for Keras says how it is
to be trained, and that survives in configurations. irkit trains nothing with them yet.
"""
