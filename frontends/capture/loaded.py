"""Captured programs that came from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from irkit.frontends.capture.captured import Captured
from irkit.frontends.models.loaded import LoadedModel

if TYPE_CHECKING:
    from irkit.frontends.capture.report import CaptureReport
    from irkit.ir import GraphModel


class LoadedCapture(LoadedModel):
    """A captured program read from a file: called with arguments like those of the capture, and held against them."""

    def __init__(self, model: GraphModel, backend: str) -> None:
        super().__init__(model)
        self.captured, self.backend = Captured.of(model), backend

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the program returns. Raises AssumptionError, AssertionFailed, ShapeError, ExecutionError."""
        return self.captured.run(args, kwargs, self.backend)

    @property
    def report(self) -> CaptureReport:
        """What was fixed, assumed, unrolled and checked when it was captured."""
        return self.captured.report
