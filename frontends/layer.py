"""Layer: the user's unit. Its fields are its arguments, `build` makes its weights, `call` composes irkit.ops.

    @layer
    class Scale(Layer):
        factor: float = 1.0
        gamma_initializer: InitializerLike = "ones"

        def build(self, input_shape):
            self.gamma = self.add_weight(shape=(input_shape[-1],), initializer=self.gamma_initializer, name="gamma")

        def call(self, x):
            return x * self.gamma * self.factor

A user's layer may as well have an `__init__` of its own, as in Keras.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, dataclass_transform

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, IrkitError, ShapeError, UnknownNameError, UnsupportedError
from irkit.frontends import layer_plans, masking, misuse, naming, resolve
from irkit.frontends.apply import apply_one, definition_of
from irkit.frontends.changes import LAYERS
from irkit.frontends.definition import Definition, Record, Scope, called, current_scope, scope
from irkit.frontends.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.frontends.variable import Variable
from irkit.ir import Array, DType, TensorType, symbol
from irkit.ir.layers import Json
from irkit.ir.source import Source, caller, is_own
from irkit.ir.types import FLOATS

C = TypeVar("C", bound=type["Layer"])


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def layer(cls: C) -> C:
    """Make a class a layer whose fields are its arguments, in Keras's order."""
    made: Any = dataclass(eq=False, repr=False)(cls)
    if "__init__" in made.__dict__:
        made.__init__ = _explaining(made.__init__)  # takes what it took
    return made  # type: ignore[no-any-return]  # the same class


def _explaining(init: Callable[..., None]) -> Callable[..., None]:
    """`init`, which says of arguments that it cannot take which ones there are."""

    @functools.wraps(init)
    def explained(self: Layer, *args: Any, **kwargs: Any) -> None:  # arguments of any layer
        try:
            init(self, *args, **kwargs)
        except TypeError:
            error = misuse.of_making(type(self), init, args, kwargs)
            if error is None:
                raise
            raise error from None

    return explained


@dataclass(eq=False, repr=False)
class Layer:
    """Base of all layers. Keras: https://keras.io/api/layers/base_layer/

    Args:
        name: unique among its siblings; made from the class name when not given.
        dtype: of weights and computation, "float32" by default.
        trainable: whether training changes its weights.
    """

    name: str = field(default=None, kw_only=True)  # type: ignore[assignment]  # given by __post_init__
    dtype: str = field(default="float32", kw_only=True)
    trainable: bool = field(default=True, kw_only=True)

    # whether the mask of the input is the mask of the output
    supports_masking: ClassVar[bool] = False
    # whether floating inputs are cast to the layer's dtype
    autocast: ClassVar[bool] = True
    # layers and variables that attributes hold, by attribute, in order of assignment; made by __new__
    _tracked: dict[str, list[Any]] = field(init=False)
    # fields that are not part of get_config()
    _hidden: ClassVar[frozenset[str]] = frozenset()

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:  # arguments of any layer
        self = super().__new__(cls)
        self.__dict__["_tracked"] = {}
        self.__dict__["_own_arguments"] = (args, kwargs)
        return self

    def __post_init__(self) -> None:
        self._refuse_tensors()
        if not self.name:
            self.name = naming.auto_name(naming.to_snake_case(type(self).__name__))
        naming.checked_name(self.name)
        self.dtype = str(DType.of(getattr(self.dtype, "compute_dtype", self.dtype) or "float32"))
        self.built = False
        self.source = caller()
        self._nodes: list[tuple[tuple[SymbolicTensor, ...], tuple[SymbolicTensor, ...], Any, Any]] = []
        try:
            resolve.resolve_fields(self)
            self.setup()
        except IrkitError as error:
            raise error.at(str(self.source), self.shown) from None

    def _refuse_tensors(self) -> None:
        """Dense(x): the tensor was meant for the layer's call."""
        first = next(iter(self.__dict__["_own_arguments"][0]), None)
        if isinstance(first, SymbolicTensor) and is_own(type(self).call.__code__):
            cls = type(self).__name__
            raise ArgumentError(
                f"{cls} is made with its arguments, and then called on tensors. Received: {first!r}.",
                source=str(caller()),
                cure=f"Write {cls}(…)(x).",
            )

    def __getattr__(self, name: str) -> Any:  # it raises
        if "source" not in self.__dict__ and not name.startswith("__"):
            cls = type(self)
            raise UnknownNameError(
                f"{cls.__name__} was not made ready: its __init__ does not call super().__init__().",
                source=str(caller()),
                cure="Make super().__init__() the first line of its __init__.",
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    # ---- what a layer defines

    def setup(self) -> None:
        """Check and prepare the arguments; called once, after they are set. Raises ArgumentError."""

    def build(self, input_shape: Any) -> None:  # a shape, or a list or dict of shapes
        """Make the weights. input_shape: of the first argument, None for sizes that are not fixed."""

    def call(self, *args: Any, **kwargs: Any) -> Any:  # each layer has its own
        """From inputs to outputs."""
        raise UnsupportedError(
            f"the class {type(self).__name__} has no call().", cure="Write def call(self, inputs): … in it."
        )

    # ---- weights and sub-layers

    def add_weight(
        self,
        shape: Sequence[Any] = (),
        initializer: Any = None,  # a name, an Initializer, or a function
        dtype: str | None = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
        **_: object,
    ) -> Variable:
        """Make a weight, and keep it. Its values are drawn when they are first needed.

        Raises ArgumentError when a size of `shape` is not known.
        """
        if any(not isinstance(d, int | np.integer) or d < 0 for d in shape):
            raise ArgumentError(
                f"a weight needs known sizes. Received: shape {tuple(shape)}.",
                cure="Give the axis a fixed size in Input, e.g. Input((28, 28)).",
            )
        type_ = TensorType(DType.of(dtype or self.dtype), tuple(int(d) for d in shape))
        draw = resolve.drawing(initializer, type_)
        path = f"{self.name}/{name or naming.auto_name('variable')}"
        variable = Variable.drawn(path, type_, draw, trainable=trainable)
        variable.trainable = trainable and self.trainable
        variable.regularizer = regularizer
        self._track(f"weight:{len(self._tracked)}", variable)
        return variable

    def __setattr__(self, name: str, value: object) -> None:
        tracked = self.__dict__.get("_tracked")
        if tracked is None:
            raise ArgumentError(f"Call super().__init__() before setting self.{name}.", source=str(caller()))
        if type(value) not in _PLAIN or name in tracked:
            self._track(name, value)
        if name == "trainable" and "built" in self.__dict__:
            self._freeze(not value)
        LAYERS.count += 1
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        LAYERS.count += 1
        self._tracked.pop(name, None)
        object.__delattr__(self, name)

    def _freeze(self, frozen: bool) -> None:
        """Hand on `trainable` to all weights and layers in this one; moving averages are never trained."""
        for weight in self.weights:
            weight.trainable = weight.made_trainable and not frozen
        for inner in self.sublayers():
            inner.trainable = not frozen

    def _track(self, name: str, value: object) -> None:
        """Remember the layers and variables that an attribute holds."""
        if not isinstance(value, _HOLDERS) or (
            name.startswith("_") and not isinstance(value, Layer | Variable)
        ):
            self._tracked.pop(name, None)
            return
        found = [v for v in _contents(value) if isinstance(v, Layer | Variable)]
        if found:
            self._tracked[name] = found

    def own_variables(self) -> list[Variable]:
        """Trainable ones first, as Keras orders them."""
        own = list(dict.fromkeys(v for vs in self._tracked.values() for v in vs if isinstance(v, Variable)))
        return [v for v in own if v.made_trainable] + [v for v in own if not v.made_trainable]

    def sublayers(self) -> list[Layer]:
        """Layers that are attributes of this one (or stand in lists and dicts there), each once, in order."""
        return list(dict.fromkeys(v for vs in self._tracked.values() for v in vs if isinstance(v, Layer)))

    @property
    def weights(self) -> list[Variable]:
        """All variables of this layer and of those in it."""
        found = dict.fromkeys(self.own_variables())
        pending = list(reversed(self.sublayers()))
        seen: set[Layer] = {self}
        while pending:
            inner = pending.pop()
            if inner not in seen:
                seen.add(inner)
                found.update(dict.fromkeys(inner.own_variables()))
                pending.extend(reversed(inner.sublayers()))
        return list(found)

    variables = weights

    @property
    def trainable_weights(self) -> list[Variable]:
        return [w for w in self.weights if w.trainable]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        return [w for w in self.weights if not w.trainable]

    def get_weights(self) -> list[Array]:
        """Values of all weights, in order."""
        return [w.numpy() for w in self.weights]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Replace the values of all weights; nothing changes when one of them does not fit.

        Raises ShapeError naming the weight.
        """
        mine = self.weights
        source = str(caller())
        if not isinstance(weights, list | tuple):
            raise ArgumentError(
                f"set_weights takes a list of arrays. Received: {misuse.shown(weights)}.",
                source=source,
                layer=self.shown,
                cure=f"Give {len(mine)} arrays, in the order of get_weights().",
            )
        if len(weights) != len(mine):
            raise ShapeError(
                f"{len(mine)} arrays are needed. Received: {len(weights)}.",
                source=source,
                layer=self.shown,
                facts=[f"{w.path}: {w.dtype}{list(w.shape)}" for w in mine],
                cure="Give one array for each weight, in this order."
                if self.built
                else "The layer has no weights yet: call it, or give its model an Input, first.",
            )
        for variable, array in zip(mine, weights, strict=True):
            if _shape_of(array, variable.path, self.shown) != variable.shape:
                raise ShapeError(
                    f"weight '{variable.path}' has shape {variable.shape}. "
                    f"Received: an array of shape {np.shape(array)}.",
                    source=source,
                    layer=self.shown,
                    cure="Transpose or reshape the array, or change the layer's arguments.",
                )
        for variable, array in zip(mine, weights, strict=True):
            variable.assign(array)

    def count_params(self) -> int:
        """How many numbers the weights hold."""
        return sum(int(np.prod(w.shape)) for w in self.weights)

    # ---- calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # as call
        planned = layer_plans.answer(self, args, kwargs)
        if planned is not None:
            return planned
        where = current_scope()
        source = where.source or caller()
        if kwargs and not args:
            args, kwargs = self._first_by_name(kwargs)
        args, kwargs = _converted(args), {k: _converted(v) for k, v in kwargs.items()}
        tensors = _tensors((args, kwargs))
        definition = definition_of(tensors)
        if where.capturing is not None:
            definition = where.capturing.merge(definition) if definition else where.capturing.find()
        # inside a user's own call, the lines to name are its lines
        inside = source if is_own(type(self).call.__code__) else None
        name = self.name if where.capturing is None else where.capturing.find().name_of(self, where.path)
        inner = Scope((*where.path, name), inside, where.capturing, where.training, definition or where.home)
        try:
            with scope(inner):
                self.check_inputs(*args)  # first, so that a wrong input leaves no half-built layer behind
                self._build_for(args)
                result = self._called(definition, args, kwargs)
        except IrkitError as error:
            told = error if tensors else self._misused(args, kwargs, tensors) or error
            raise told.at(str(source), self.shown, _facts(tensors)) from None
        except (TypeError, AttributeError, LookupError):
            misused = self._misused(args, kwargs, tensors)
            if misused is None:
                raise
            raise misused.at(str(source), self.shown, _facts(tensors)) from None
        if definition is not None:
            self._record(definition.find(), inner, where, args, kwargs, tensors, result, source)
        else:
            layer_plans.note(self, args, kwargs, result, where)
        return result

    def _first_by_name(self, kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """A call by names alone, `layer(query=x, value=y)`, with its first argument in its place."""
        first = next(iter(inspect.signature(self.call).parameters), None)
        if first not in kwargs:
            return (), kwargs
        return (kwargs[first],), {k: v for k, v in kwargs.items() if k != first}

    def _misused(self, args: Any, kwargs: dict[str, Any], tensors: list[Any]) -> IrkitError | None:
        """What the arguments have to do with an error that happened, if anything."""
        own = is_own(type(self).call.__code__) and type(self).call is not Layer.call
        return misuse.of_calling(self.call, args, kwargs, needs_tensor=own and not tensors)

    def _called(self, definition: Definition | None, args: Any, kwargs: dict[str, Any]) -> Any:
        own = self._own_float((args, kwargs)) if self.autocast else (args, kwargs)
        result = called(self.call, own[0], self._call_arguments(self._masks(args, own[1])))
        if definition is not None:
            result = _copied_inputs(result, _tensors((args, kwargs)))
        self._pass_mask(args, result)
        return result

    def _masks(self, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """kwargs, with the masks that travel with the inputs where call takes them."""
        if all(getattr(t, "_keras_mask", None) is None for t in _tensors((args, kwargs))):
            return kwargs
        return masking.with_masks(list(inspect.signature(self.call).parameters), args, kwargs)

    def _pass_mask(self, args: Sequence[Any], result: object) -> None:
        """Let the mask of the outputs travel with them."""
        mask = masking.mask_of(args[0]) if args else None
        if type(self).compute_mask is not Layer.compute_mask or (mask is not None and self.supports_masking):
            masking.attach(result, self.compute_mask(args[0], mask))
        elif mask is not None:
            warnings.warn(
                f"{self.shown} does not pass on the mask of its input; later layers see padding as data.",
                stacklevel=4,
            )

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:  # tensors; masks or None
        """The mask of the output. By default that of the input, for layers that say supports_masking."""
        return previous_mask

    def check_inputs(self, *args: Any) -> None:  # as call
        """Look at the inputs before build does, for a message in the layer's own words. Raises ShapeError."""

    def _own_float(self, tree: Any) -> Any:  # any structure of arguments
        """Floating tensors in this layer's dtype, as Keras casts them; everything else as it is."""
        mine = DType.of(self.dtype)
        others = FLOATS - {mine}
        if mine not in FLOATS or not any(t.type.dtype in others for t in _tensors(tree)):
            return tree
        if isinstance(tree, Tensor):
            return apply_one(op.Cast(to=mine), tree)
        if isinstance(tree, dict):
            return {k: self._own_float(v) for k, v in tree.items()}
        if isinstance(tree, list | tuple):
            items = [self._own_float(v) for v in tree]
            return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
        return tree

    def _call_arguments(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """kwargs, without the `training` and `mask` that this layer's call does not take."""
        accepted = _call_parameters(type(self))
        where = current_scope()
        if "training" in accepted and kwargs.get("training") is None and where.training is not None:
            kwargs = {**kwargs, "training": where.training}
        if accepted is _ANYTHING or not kwargs:
            return kwargs
        return {k: v for k, v in kwargs.items() if k in accepted or k not in ("training", "mask")}

    def _build_for(self, args: Sequence[Any]) -> None:
        if self.built:
            return
        shapes = _shapes(args[0]) if args else None
        with scope(
            Scope(current_scope().path)
        ):  # weights are made, and assigned, for good: no part of a graph
            self.build(shapes)
        self.built = True

    def _record(
        self,
        definition: Definition,
        inner: Scope,
        outer: Scope,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        tensors: list[Any],
        result: object,
        source: Source,
    ) -> None:
        outputs = [t for t in _tensors(result) if isinstance(t, SymbolicTensor)]
        inputs = [t for t in tensors if isinstance(t, SymbolicTensor)]
        record = Record(
            inner.path, self, tuple(t.value for t in inputs), tuple(t.value for t in outputs), source
        )
        definition.records.append(record)
        if not outer.path and outer.capturing is None:
            definition.log_layer(self, args, kwargs, record)
            self._nodes.append((tuple(inputs), tuple(outputs), _plain(args), result))

    # ---- what it looks like from outside

    @property
    def class_name(self) -> str:
        """Name of its class; of a loaded layer, the name that was saved."""
        return type(self).__name__

    @property
    def shown(self) -> str:
        """How errors name it: "Dense 'fc1'"."""
        if "source" not in self.__dict__:
            return self.class_name  # it was never made ready
        return f"{self.class_name} '{self.name}'"

    @property
    def input(self) -> Any:  # a tensor, or a list of tensors
        """What it was called with, when it was called once on symbolic tensors. Raises ArgumentError otherwise."""
        inputs = self._only_call()[0]
        return inputs[0] if len(inputs) == 1 else list(inputs)

    @property
    def output(self) -> Any:  # a tensor, or a structure of tensors
        """What came out, when it was called once on symbolic tensors. Raises ArgumentError otherwise."""
        return self._only_call()[3]

    def _only_call(self) -> tuple[tuple[SymbolicTensor, ...], tuple[SymbolicTensor, ...], Any, Any]:
        if len(self._nodes) != 1:
            raise ArgumentError(
                f"it was called {len(self._nodes)} times on symbolic tensors, so it has no single input or output.",
                layer=self.shown,
                cure="Call it once on the tensor of an Input, or keep what each call returns.",
            )
        return self._nodes[0]

    def compute_output_shape(self, *args: Any) -> Any:  # shapes as in Keras
        """Shape of the output for inputs of these shapes (None: any size), without running."""
        specs = [_symbolic_like(shape, self.dtype) for shape in args]
        return _shapes(self(*specs))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer again; what JSON can hold."""
        config = {
            f.name: resolve.described(getattr(self, f.name))
            for f in dataclasses.fields(self)
            if f.init and f.name not in self._hidden
        }
        for name, value in self._custom_arguments().items():
            if name not in config:
                config[name] = resolve.described(value)
        return config

    def _custom_arguments(self) -> Mapping[str, Any]:
        """Arguments of an `__init__` that the user wrote."""
        if "__init__" not in _written_init(type(self)):
            return {}
        args, kwargs = self.__dict__["_own_arguments"]
        bound = inspect.signature(type(self)).bind_partial(*args, **kwargs)
        return {k: v for k, v in bound.arguments.items() if k not in ("kwargs", "args")}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:  # an object of this class
        """A layer from what `get_config` gave."""
        return cls(**config)

    def config_json(self) -> Mapping[str, Json] | None:
        """get_config(), or None when it cannot stand in a file."""
        return resolve.as_json(self.get_config())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


_HOLDERS = (Layer, Variable, list, tuple, dict)  # what may hold layers and variables
_PLAIN = frozenset({type(None), bool, int, float, str})  # most arguments, which hold none
_ANYTHING: frozenset[str] = frozenset({"training", "mask"})
_parameters: dict[type, frozenset[str]] = {}


def _call_parameters(cls: type[Layer]) -> frozenset[str]:
    found = _parameters.get(cls)
    if found is None:
        parameters = inspect.signature(cls.call).parameters.values()
        star = any(p.kind is p.VAR_KEYWORD for p in parameters)
        found = _parameters[cls] = _ANYTHING if star else frozenset(p.name for p in parameters)
    return found


def _written_init(cls: type) -> Mapping[str, object]:
    """The class dictionary nearest to `cls` that has an __init__ not made by dataclass."""
    for base in cls.__mro__:
        init = base.__dict__.get("__init__")
        if init is not None:
            return {} if "__dataclass_fields__" in base.__dict__ else base.__dict__
    return {}


def _shape_of(array: Any, path: str, layer: str) -> tuple[int, ...]:  # whatever the user gave
    try:
        return tuple(np.shape(array))
    except ValueError:
        raise ShapeError(
            f"what is given for '{path}' has rows of different lengths.",
            source=str(caller()),
            layer=layer,
            cure="Give an array, or lists of the same length.",
        ) from None


def _contents(value: object) -> Iterable[object]:
    """`value`, and what stands in it when it is a list, tuple or dict."""
    if isinstance(value, list | tuple):
        return [v for item in value for v in _contents(item)]
    if isinstance(value, dict):
        return [v for item in value.values() for v in _contents(item)]
    return (value,)


def _tensors(tree: object) -> list[Any]:
    return [v for v in _contents(tree) if isinstance(v, Tensor | Variable)]


def _converted(tree: Any) -> Any:  # any structure of arguments
    """Arrays as eager tensors; everything else as it is."""
    if isinstance(tree, np.ndarray | np.generic):
        return EagerTensor(np.asarray(tree))
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):  # a namedtuple
        return type(tree)(*map(_converted, tree))
    if isinstance(tree, list | tuple):
        return type(tree)(map(_converted, tree))
    if isinstance(tree, dict):
        return {k: _converted(v) for k, v in tree.items()}
    if hasattr(tree, "__array__") and not isinstance(tree, Tensor | Variable):  # tensors of other libraries
        return EagerTensor(np.asarray(tree))
    return tree


def _plain(args: tuple[Any, ...]) -> Any:  # Keras's way to show the arguments
    return args[0] if len(args) == 1 else args


def _shapes(tree: object) -> Any:  # the same structure, of shapes
    """Keras's shapes: None for a symbolic size."""
    if isinstance(tree, Tensor | Variable):
        return tuple(d if isinstance(d, int) else None for d in tree.shape)
    if isinstance(tree, list | tuple):
        return [_shapes(t) for t in tree]
    if isinstance(tree, dict):
        return {k: _shapes(t) for k, t in tree.items()}
    return None


def _copied_inputs(result: Any, inputs: list[Any]) -> Any:  # a structure of tensors
    """A layer that returns its very input (Dropout at inference) still gets a value of its own, to be seen."""
    if isinstance(result, SymbolicTensor):
        same = any(isinstance(x, SymbolicTensor) and x.value is result.value for x in inputs)
        return apply_one(op.Identity(), result) if same else result
    if isinstance(result, list | tuple) and not hasattr(result, "_fields"):
        return type(result)(_copied_inputs(r, inputs) for r in result)
    return result


def _facts(tensors: Sequence[Any]) -> list[str]:
    return [f"{_tensor_name(t)}: {t.type}{_made_by(t)}" for t in tensors[:8]]


def _tensor_name(tensor: object) -> str:
    return getattr(tensor, "name", None) or "input"


def _made_by(tensor: object) -> str:
    """For a symbolic tensor that a layer made: ", from Flatten 'flatten' (model.py:10)"."""
    if not isinstance(tensor, SymbolicTensor):
        return ""
    record = next(
        (r for r in reversed(tensor.definition.records) if any(v is tensor.value for v in r.outputs)), None
    )
    return f", from {record.layer.shown} ({record.source})" if record else ""


def _symbolic_like(shape: Any, dtype: str) -> Any:  # a shape or a structure of shapes
    if isinstance(shape, list | tuple) and all(d is None or isinstance(d, int) for d in shape):
        definition = Definition()
        sizes = tuple(symbol(f"size_{i}") if d is None else d for i, d in enumerate(shape))
        return SymbolicTensor(definition.graph.input("x", TensorType(DType.of(dtype), sizes)), definition)
    if isinstance(shape, dict):
        return {k: _symbolic_like(s, dtype) for k, s in shape.items()}
    return [_symbolic_like(s, dtype) for s in shape]
