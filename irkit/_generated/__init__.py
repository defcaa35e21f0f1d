"""Made by scripts/generate.sh from proto/; never edited. Read by irkit.serialize and irkit.backends."""
