"""The programs by family. Importing this package enters them all."""

from __future__ import annotations

from tests.capture_programs.programs import branches as branches
from tests.capture_programs.programs import carried as carried
from tests.capture_programs.programs import checks as checks
from tests.capture_programs.programs import effects as effects
from tests.capture_programs.programs import foreign as foreign
from tests.capture_programs.programs import functions as functions
from tests.capture_programs.programs import hidden as hidden
from tests.capture_programs.programs import layers as layers
from tests.capture_programs.programs import loops as loops
from tests.capture_programs.programs import mutation as mutation
from tests.capture_programs.programs import numbers as numbers
from tests.capture_programs.programs import objects as objects
from tests.capture_programs.programs import outside as outside
from tests.capture_programs.programs import sizes as sizes
from tests.capture_programs.programs import structures as structures
from tests.capture_programs.programs import values as values
