"""Model: a layer that can be seen whole. Subclass it and write `call`, or give `Model(inputs=…, outputs=…)`.

Every style ends in the same GraphModel, made by running `call` once on symbolic tensors.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from irkit import serialize, show
from irkit.errors import ArgumentError, IrkitError, ShapeError, UnsupportedError
from irkit.frontends.base.layer import Layer
from irkit.frontends.configuring.objects import deserialize_keras_object, serialize_keras_object
from irkit.frontends.models import debugging, weights_files
from irkit.frontends.models.files import not_written, path_of
from irkit.frontends.models.prediction import Prediction, arrange
from irkit.frontends.tensors.definition import current_scope
from irkit.frontends.tensors.input import TensorSpec
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import DType, GraphModel
from irkit.ir.source import caller
from irkit.ir.structure import Structure, flatten, unflatten


class Model(Layer):
    """A model in whatever style. Keras: https://keras.io/api/models/model/

    Args:
        inputs, outputs: tensors, or lists or dicts of tensors, for a functional model; none for a subclass.
        name: made from the class name when not given.
    """

    autocast = False  # its inputs say which dtype they have

    def _pass_mask(self, args: Sequence[Any], result: object) -> None:
        """The layers inside have done it."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:  # a Model, or a Functional
        if cls is Model and (len(args) >= 2 or "inputs" in kwargs):
            # a kind of Model, so it stands above this file
            functional = importlib.import_module("irkit.frontends.models.functional").Functional
            return super().__new__(functional, *args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._traced: dict[tuple[tuple[Any, str], ...], _Traced] = {}
        self._first: GraphModel | None = None
        self._seen: Any = None  # specs of the first inputs it was called on
        self._predictions: dict[tuple[int, str], Prediction] = {}
        self._hybrid: Any = None  # a Hybrid

    # ---- the graph

    def build(self, input_shape: Any) -> None:  # a shape, or a list or dict of shapes
        """Nothing to do: the layers inside build themselves when they are first called."""

    @property
    def graph_model(self) -> GraphModel:
        """The whole model as a graph. Raises ArgumentError while the shapes of its inputs are not known."""
        if self._first is None and self._seen is not None:
            self.trace(self._seen)
        if self._first is None:
            raise ArgumentError(
                f"{self.shown} does not know the shapes of its inputs yet.",
                source=str(caller()),
                cure="Call it on an array, or model.trace(irkit.TensorSpec((None, …))), first.",
            )
        for key, found in self._traced.items():
            if found.model is self._first and not found.facts.hold():
                return self._traced_again(key, found).model
        return self._first

    def trace(self, *inputs: Any) -> GraphModel:  # specs, shapes or arrays, in any structure
        """Make the graph for inputs like these: TensorSpecs, or arrays (whose first size, the batch, is left open)."""
        leaves, structure = flatten(_one(inputs), _is_input)
        names = self._input_names([path for path, _ in leaves])
        specs = [x if isinstance(x, TensorSpec) else _spec_like(x) for _, x in leaves]
        return self._graph_for(names, specs, structure)

    def _graph_for(
        self, names: Sequence[str], specs: Sequence[TensorSpec], structure: Structure
    ) -> GraphModel:
        names = [s.name or n for s, n in zip(specs, names, strict=True)]
        key = tuple((s.shape, s.dtype) for s in specs)
        found = self._traced.get(key)
        if found is None:
            found = self._traced[key] = _Traced(
                *_trace(self, names, specs, structure), (names, specs, structure)
            )
            self.built = True
        elif not found.facts.hold():
            found = self._traced_again(key, found)
        if self._first is None:
            self._first = found.model
        return found.model

    def _traced_again(self, key: tuple[tuple[Any, str], ...], stale: _Traced) -> _Traced:
        """The graph that takes the place of one that was made when something outside was different."""
        made = self._traced[key] = _Traced(*_trace(self, *stale.arguments), stale.arguments)
        self._predictions.clear()
        if self._first is stale.model:
            self._first = made.model
        return made

    def _input_names(self, paths: Sequence[str]) -> list[str]:
        """The parameter of `call`, and what follows it in a structure: image; x['mask'] is called mask."""
        first = next(iter(inspect.signature(self.call).parameters), "inputs")
        return [
            first if not path else path[2:-2] if path.startswith("['") else f"{first}_{i}"
            for i, path in enumerate(paths)
        ]

    def _forget(self) -> None:
        """The model changed: what was derived from it is out of date."""
        self._traced.clear()
        self._predictions.clear()
        self._first = self._seen = None

    # ---- running

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # as call
        if self._hybrid is not None and current_scope().capturing is None:
            return self._hybrid(*args, **kwargs)
        return self._eagerly(*args, **kwargs)

    def hybridize(
        self,
        active: bool = True,
        *,
        speculate: bool = False,
        backend: str | None = None,
        threads: int | None = None,
    ) -> Any:  # the Function, or None
        """Let calls of this model on values run as a graph, captured by the first call of each kind. active=False:
        eagerly again. (MXNet: HybridBlock.hybridize)

        speculate, backend, threads: as for irkit.function. Returns what counts the calls: `model.hybridize().stats()`.
        """
        # it captures models, so it stands above this file
        hybrid = importlib.import_module("irkit.frontends.capture.hybrid").hybrid
        options = {"speculate": speculate, "backend": backend, "threads": threads}
        self._hybrid = hybrid(self, **options) if active else None
        return self._hybrid

    def _eagerly(self, *args: Any, **kwargs: Any) -> Any:  # as call
        """A call that computes at once, operator by operator, also of a hybridized model."""
        result = super().__call__(*args, **kwargs)
        if self._first is None and self._seen is None and len(args) == 1:
            self._seen = _specs_of(args[0])
        return result

    def debug(self, x: Any) -> debugging.Comparison:
        """Run the graph in the interpreter beside an eager call on `x`: what differs first, with layer and line.

        x: as for predict. str() of the result tells it.
        """
        model = self._model_for(x)
        return debugging.compared(model, arrange(model, x), lambda: self._eagerly(x))

    def intermediate(self, x: Any, layer: str) -> Any:  # an array, or a list for several calls
        """What the layer at the path `layer`, such as "encoder/dense", gives for `x`."""
        model = self._model_for(x)
        return debugging.intermediate(model, arrange(model, x), layer)

    def predict(
        self,
        x: Any = None,  # an array, or a list or dict of arrays
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Sequence[object] | None = None,
        *,
        backend: str = "onnxruntime",
    ) -> Any:  # arrays, laid out as call returns them
        """The outputs for many samples, computed by the graph in batches.

        Args:
            x: an array, or a list or dict of arrays; the first axis counts samples.
            batch_size: 32 by default.
            verbose: 0 for silence; otherwise a progress bar is shown for inputs of many batches.
            steps: stop after so many batches.
            callbacks: not supported.
            backend: who computes: "onnxruntime", "interpreter", "native", or a third party's.

        Raises ShapeError when the arrays do not fit. Keras: Model.predict.
        """
        if x is None:
            raise ArgumentError(
                "predict needs data.",
                source=str(caller()),
                layer=self.shown,
                cure="Write model.predict(x) with an array of samples.",
            )
        if batch_size is not None and batch_size < 1:
            raise ArgumentError(
                f"batch_size must be a whole number ≥ 1. Received: {batch_size!r}.",
                source=str(caller()),
                layer=self.shown,
                cure="Leave it out for batches of 32.",
            )
        if callbacks:
            raise UnsupportedError("predict does not call callbacks.", source=str(caller()))
        try:
            return self._prediction(x, backend).run(x, batch_size or 32, verbose, steps)
        except IrkitError as error:
            declared = [f"{self.shown} is declared at {self.source}"] if isinstance(error, ShapeError) else []
            raise error.at(str(caller()), self.shown, declared) from error.__cause__

    def _prediction(self, x: Any, backend: str) -> Prediction:
        model = self._model_for(x)
        found = self._predictions.get((id(model), backend))
        if found is None:
            found = self._predictions[id(model), backend] = Prediction(model, backend)
        return found

    def _model_for(self, x: Any) -> GraphModel:
        """The graph for arrays like `x`; a model whose inputs were declared has just one."""
        return self.trace(x)

    # ---- training, which is done elsewhere

    def compile(
        self, optimizer: Any = "rmsprop", loss: Any = None, *args: Any, metrics: Any = None, **kwargs: Any
    ) -> None:
        """Keep how the model is to be trained, so that a definition written for Keras runs. Keras: Model.compile."""
        from irkit.frontends.training import optimizers  # noqa: PLC0415  # rarely wanted

        self.optimizer = optimizers.get(optimizer)
        self._compile_arguments = {"optimizer": self.optimizer, "loss": loss, "metrics": metrics, **kwargs}
        self.loss, self.compiled = loss, True

    def get_compile_config(self) -> dict[str, Any]:
        """What compile was given, as configurations; {} before it was called."""
        given: dict[str, Any] = self.__dict__.get("_compile_arguments", {})
        return {k: serialize_keras_object(v) for k, v in given.items()}

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Call compile with what get_compile_config gave, Keras's or irkit's."""
        self.compile(**{k: deserialize_keras_object(v) for k, v in config.items()})

    def fit(self, *args: object, **kwargs: object) -> None:
        """Not possible yet. Raises UnsupportedError."""
        raise UnsupportedError(
            "irkit does not train models yet.",
            source=str(caller()),
            layer=self.shown,
            cure="Train with Keras, PyTorch or scikit-learn, and bring the weights: model.set_weights(…).",
        )

    evaluate = train_on_batch = test_on_batch = fit

    # ---- making it quicker

    def optimize(self, level: int = 3) -> Model:
        """A copy with fewer and quicker operations; see irkit.optimize. The model itself stays as it is."""
        quicker: Model = self._optimizing().optimize(self, level)
        return quicker

    def _optimizing(self) -> Any:  # the module, which stands above, since what it makes is a Model
        return importlib.import_module("irkit.frontends.models.optimizing")

    # ---- as a configuration

    def to_json(self, **kwargs: Any) -> str:  # as json.dumps
        """The architecture as text, in Keras's form: `irkit.models.model_from_json` makes the model again."""
        made = {**serialize_keras_object(self), "compile_config": self.get_compile_config()}
        return json.dumps(made, **kwargs)

    def save_weights(
        self, filepath: str | os.PathLike[str], overwrite: bool = True, max_shard_size: float | None = None
    ) -> None:
        """Write the weights alone to a .safetensors file."""
        weights_files.save_weights(self, filepath, overwrite, max_shard_size)

    def load_weights(
        self, filepath: str | os.PathLike[str], skip_mismatch: bool = False, **_: object
    ) -> None:
        """Take the weights of a .safetensors file, or of a model saved as .irk, by their paths."""
        weights_files.load_weights(self, filepath, skip_mismatch)
        self._predictions.clear()

    # ---- looking at it

    @property
    def layers(self) -> list[Layer]:
        """The layers directly in this model."""
        return self.sublayers()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of that name, or at that position. Raises ArgumentError with the names that exist."""
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ArgumentError(
                    f"{self.shown} has {len(self.layers)} layers, so no index {index}.",
                    source=str(caller()),
                    cure=f"The first is 0, the last {len(self.layers) - 1}, or -1."
                    if self.layers
                    else "Add layers first.",
                )
            return self.layers[index]
        for inner in self.layers:
            if inner.name == name:
                return inner
        raise ArgumentError(
            f"{self.shown} has no layer called {name!r}.",
            source=str(caller()),
            cure=f"Its layers are {', '.join(x.name for x in self.layers)}.",
        )

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Any = None,  # a function that takes a line or the text
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
        *,
        show_flops: bool = False,
        show_memory: bool = False,
        as_dict: bool = False,
    ) -> list[dict[str, object]] | None:
        """Print the table of layers: name (type), output shape, parameters, connections. Keras: Model.summary.

        show_flops, show_memory: columns of what one sample costs. as_dict: return the rows as data, print nothing.
        """
        if as_dict:
            data: list[dict[str, object]] = show.summary_data(self.graph_model, expand_nested=expand_nested)
            return data
        text = show.summary(
            self.graph_model,
            line_length=line_length,
            positions=positions,
            expand_nested=expand_nested,
            show_trainable=show_trainable,
            layer_range=layer_range,
            show_flops=show_flops,
            show_memory=show_memory,
        )
        (print_fn or print)(text)
        return None

    # ---- keeping it

    def save(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        *,
        samples: Any = None,  # inputs, as call takes them
        onnx: bool = False,
        strip_sources: bool = False,
        optimize: int | None = None,
    ) -> None:
        """Write the model to one `.irk` file that Python and C++ programs load.

        Args:
            filepath: ends in ".irk".
            overwrite: False refuses when the file exists.
            samples: inputs whose outputs are kept in the file, so that any deployment can test itself.
            onnx: also keep the ONNX form, for programs that read nothing else.
            strip_sources: leave out the user's file names and lines.
            optimize: save what `model.optimize(level)` gives; with 3, folded weights in the place of the layers' own.

        The file is complete or not there: a crash leaves the old one. Raises ArgumentError, OSError.
        """
        path = path_of(filepath, "save")
        if not path.endswith(".irk"):
            raise ArgumentError(
                f"a model file ends in '.irk'. Received: {path!r}.",
                source=str(caller()),
                cure="Use irkit.export_onnx(model, path) for an .onnx file.",
            )
        if not overwrite and Path(path).exists():
            raise ArgumentError(
                f"{path!r} exists.", source=str(caller()), cure="Give overwrite=True, or another name."
            )
        model = self.graph_model if samples is None else self._model_for(samples)
        model = model if optimize is None else self._optimizing().optimize(model, optimize).graph_model
        flat = None if samples is None else [arrange(model, samples)]
        try:
            serialize.save(model, path, samples=flat, onnx=onnx, strip_sources=strip_sources)
        except (OSError, IrkitError) as error:
            raise not_written(error, path) from None


class _Traced(NamedTuple):
    """A graph made by running `call`. facts: Guards over what it read outside. arguments: of _trace, to repeat it."""

    model: GraphModel
    facts: Any
    arguments: tuple[Any, ...]


def _trace(*arguments: Any) -> tuple[GraphModel, Any]:
    """capture.models.trace: a large part of irkit, which models made of Inputs do not need."""
    made: tuple[GraphModel, Any] = importlib.import_module("irkit.frontends.capture.models").trace(*arguments)
    return made


def _one(inputs: tuple[Any, ...]) -> Any:
    return inputs[0] if len(inputs) == 1 else list(inputs)


def _is_input(x: object) -> bool:
    return isinstance(x, TensorSpec | Tensor | Variable | np.ndarray | np.generic) or hasattr(x, "__array__")


def _specs_of(x: Any) -> Any:  # the same structure, of specs; None where there are none
    leaves, structure = flatten(x, _is_input)
    if not leaves or any(isinstance(v, SymbolicTensor) or np.ndim(v) == 0 for _, v in leaves):
        return None  # what has no batch axis is no sample to make a graph for others from
    return unflatten(structure, [_spec_like(v) for _, v in leaves])


def _spec_like(x: Any) -> TensorSpec:  # anything numpy can read
    array = x.array if isinstance(x, EagerTensor) else np.asarray(x)
    if array.ndim == 0:
        raise ShapeError(
            "a model's input needs a batch axis. Received: a scalar.",
            source=str(caller()),
            cure="Write x[None].",
        )
    # numpy's default is float64, a model's is float32
    dtype = "float32" if array.dtype == np.float64 else str(DType.of(array.dtype))
    return TensorSpec((None, *map(int, array.shape[1:])), dtype)
