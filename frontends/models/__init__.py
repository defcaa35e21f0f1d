"""Models: three ways to write one, and what people do with it: run, save, load, plot, look inside."""
