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
import difflib
import functools
import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, dataclass_transform

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, IrkitError, UnknownNameError, UnsupportedError
from irkit.frontends import resolve
from irkit.frontends.base import layer_plans, masking, misuse, naming
from irkit.frontends.base.holding import Holder
from irkit.frontends.base.layer_arguments import (
    converted,
    copied_inputs,
    plain,
    shapes_of,
    symbolic_like,
    tensors_in,
)
from irkit.frontends.base.layer_facts import facts_of
from irkit.frontends.tensors.apply import apply_one, definition_of
from irkit.frontends.tensors.definition import Definition, Record, Scope, called, current_scope, scope
from irkit.frontends.tensors.tensor import SymbolicTensor, Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import DType, TensorType
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
class Layer(Holder):
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
        if name.startswith("_"):
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self
            )
        raise UnknownNameError(
            f"there is no attribute {name!r}.",
            source=str(caller()),
            layer=self.shown,
            cure=self._about_attributes(name),
        )

    def _about_attributes(self, name: str) -> str:
        """What to write instead of an attribute that is not there."""
        near = difflib.get_close_matches(name, [*self.__dict__, *vars(type(self))], n=2, cutoff=0.75)
        if near:
            return f"Did you mean {' or '.join(near)}?"
        if not self.built:
            return "It has no weights yet: call it on a tensor, or give its model an Input, first."
        return "What it has: " + ", ".join(k for k in self.__dict__ if not k.startswith("_")) + "."

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

    # ---- calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # as call
        planned = layer_plans.answer(self, args, kwargs)
        if planned is not None:
            return planned
        where = current_scope()
        source = where.source or caller()
        if kwargs and not args:
            args, kwargs = self._first_by_name(kwargs)
        args, kwargs = converted(args), {k: converted(v) for k, v in kwargs.items()}
        tensors = tensors_in((args, kwargs))
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
                result = self._called(definition, args, kwargs, tensors)
        except IrkitError as error:
            told = error if tensors else self._misused(args, kwargs, tensors) or error
            raise told.at(str(source), self.shown, facts_of(tensors)) from None
        except (TypeError, AttributeError, LookupError):
            misused = self._misused(args, kwargs, tensors)
            if misused is None:
                raise
            raise misused.at(str(source), self.shown, facts_of(tensors)) from None
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

    def _called(
        self, definition: Definition | None, args: Any, kwargs: dict[str, Any], tensors: list[Any]
    ) -> Any:
        foreign = self.autocast and self._foreign_float(tensors)
        own = self._own_float((args, kwargs)) if foreign else (args, kwargs)
        result = called(self.call, own[0], self._call_arguments(self._masks(args, own[1], tensors)))
        if definition is not None:
            result = copied_inputs(result, tensors)
        self._pass_mask(args, result)
        return result

    def _masks(self, args: Sequence[Any], kwargs: dict[str, Any], tensors: list[Any]) -> dict[str, Any]:
        """kwargs, with the masks that travel with the inputs where call takes them."""
        if all(getattr(t, "_keras_mask", None) is None for t in tensors):
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

    def _foreign_float(self, tensors: Sequence[Any]) -> bool:
        """Whether one of them is floating, but not of this layer's dtype."""
        mine = DType.of(self.dtype)
        return mine in FLOATS and any(t.type.dtype in FLOATS and t.type.dtype is not mine for t in tensors)

    def _own_float(self, tree: Any) -> Any:  # any structure of arguments
        """Floating tensors in this layer's dtype, as Keras casts them; everything else as it is."""
        if isinstance(tree, Tensor | Variable):
            return apply_one(op.Cast(to=DType.of(self.dtype)), tree) if self._foreign_float([tree]) else tree
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
        shapes = shapes_of(args[0]) if args else None
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
        outputs = [t for t in tensors_in(result) if isinstance(t, SymbolicTensor)]
        inputs = [t for t in tensors if isinstance(t, SymbolicTensor)]
        record = Record(
            inner.path, self, tuple(t.value for t in inputs), tuple(t.value for t in outputs), source
        )
        definition.records.append(record)
        if not outer.path and outer.capturing is None:
            definition.log_layer(self, args, kwargs, record)
            self._nodes.append((tuple(inputs), tuple(outputs), plain(args), result))

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
        specs = [symbolic_like(shape, self.dtype) for shape in args]
        return shapes_of(self(*specs))

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
