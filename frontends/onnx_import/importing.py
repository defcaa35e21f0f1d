"""import_onnx: the whole way from a file to a model."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from irkit.errors import FormatError, GraphError, IrkitError, LimitError
from irkit.frontends.models.files import not_read
from irkit.frontends.models.loaded import LoadedModel
from irkit.frontends.onnx_import import adapters as adapters  # enters them in their table
from irkit.frontends.onnx_import.graphs import Builder, Place
from irkit.frontends.onnx_import.naming import Paths
from irkit.frontends.onnx_import.ports import Sizes, type_of
from irkit.frontends.onnx_import.reading import ExternalData, Source, read
from irkit.frontends.onnx_import.scan import check, functions_of, versions_of
from irkit.frontends.onnx_import.scopes import Scope
from irkit.frontends.onnx_import.tree import layer_tree
from irkit.ir import Graph, GraphModel, Signature, limits
from irkit.ir.constraints import recording
from irkit.ir.structure import SINGLE, Structure

if TYPE_CHECKING:
    import onnx

_FACTS = ("producer_name", "producer_version", "domain", "doc_string")


def import_onnx(source: Source, *, external_data: bool = False) -> LoadedModel:
    """The model in an ONNX file, in its bytes, or in an onnx.ModelProto: ai.onnx from opset 7 to the newest.

    external_data: also read weights from files beside the model. Never through links, never from elsewhere.

    The layers follow the names of the nodes. Initializers become weights; small integers that tell shapes, constants.
    Raises UnsupportedError (listing every operator that irkit lacks), FormatError, GraphError, ShapeError,
    AttributeRangeError or LimitError, naming the node; OSError.
    """
    if not isinstance(source, str | os.PathLike):
        return LoadedModel(graph_model(source, external_data=external_data))
    try:
        return LoadedModel(graph_model(source, external_data=external_data))
    except (OSError, IrkitError) as error:
        raise not_read(error, os.fspath(source), "an .onnx file") from None


def graph_model(source: Source, *, external_data: bool = False) -> GraphModel:
    """The same, without anything of Keras around it."""
    model = read(source)
    try:
        return _built(model, source, external_data=external_data)
    except (AttributeError, TypeError, UnicodeError) as error:  # names that are no text come as bytes
        raise FormatError(f"the model makes no sense ({type(error).__name__}: {error}).") from error


def _built(model: onnx.ModelProto, source: Source, *, external_data: bool) -> GraphModel:
    external = ExternalData(_folder(source) if external_data else None)
    functions = functions_of(model)
    versions = versions_of(model.opset_import, "the model")
    check(model, functions)
    name = re.sub(r"[^\w.-]+", "_", model.graph.name)[:100].strip("_") or "model"
    graph, paths = Graph(name), Paths(model.graph.node)
    graph.constraints.exact_broadcast = True
    sizes = Sizes(graph.constraints)
    scope = Scope(graph, external, None, [model.graph])
    _inputs(model.graph, graph, scope, sizes)
    Builder(functions, external, sizes, paths).nodes(model.graph.node, Place(graph, scope, versions))
    return _finished(model, graph, scope, paths)


def _folder(source: Source) -> str:
    if not isinstance(source, str | os.PathLike):
        raise FormatError("external data is read from beside the model: give import_onnx the model's path.")
    return str(Path(source).absolute().parent)


def _inputs(proto: onnx.GraphProto, graph: Graph, scope: Scope, sizes: Sizes) -> None:
    """The inputs, without those that initializers give a value: before IR version 4 these were inputs, too."""
    ports = [info for info in proto.input if not scope.has_initializer(info.name)]
    if len(ports) > limits.PORTS or len(proto.output) > limits.PORTS:
        raise LimitError(
            f"the model has {len(ports)} inputs and {len(proto.output)} outputs; at most {limits.PORTS}."
        )
    for info in ports:  # names that the model gives come first, so that fresh ones stay apart from them
        for dim in info.type.tensor_type.shape.dim[: limits.RANK]:
            if dim.dim_param:
                sizes.of(dim, "")
    with recording(graph.constraints):
        for info in ports:
            if not info.name:
                raise FormatError("an input of the model has no name.")
            type_ = type_of(info.type, sizes, f"input '{info.name}'")
            scope.define(info.name, graph.input(info.name, type_))


def _finished(model: onnx.ModelProto, graph: Graph, scope: Scope, paths: Paths) -> GraphModel:
    names = [info.name for info in model.graph.output]
    if len(set(names)) < len(names):
        raise GraphError(f"two outputs of the model have the same name: {', '.join(names)[:200]}.")
    try:
        graph.set_outputs([scope.find(name) for name in names])
    except GraphError as error:
        raise GraphError(f"the model returns what it does not define: {error.problem}") from None
    signature = Signature(_structure(len(graph.inputs)), _structure(len(names)), tuple(names))
    tree = layer_tree(graph, graph.name, paths.classes)
    return GraphModel(graph.name, graph, tree, signature, _metadata(model))


def _structure(count: int) -> Structure:
    if count == 1:
        return SINGLE
    return {"kind": "list", "items": [{"kind": "tensor", "index": i} for i in range(count)]}


def _metadata(model: onnx.ModelProto) -> dict[str, str]:
    """What the file says about itself: for people."""
    facts = {name: getattr(model, name) for name in _FACTS}
    facts |= {entry.key: entry.value for entry in model.metadata_props[:1000]}
    return {key[:1000]: text[:16000] for key, text in sorted(facts.items()) if key and text}
