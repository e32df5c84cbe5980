"""Wide named tuples handed to kernels as one pointer.

Numba takes a named tuple apart: each of its arrays becomes a dozen arguments, of every function and
at every call. The three tuples of the search are some 80 arrays, and a thousand arguments made a
hundred small functions compile for minutes. A `Pointed` lies in memory as numba would lay out the
tuple, and kernels read its fields through a pointer. The fields never change (what is in the arrays
does), and the loads say so, so that the compiler keeps them out of loops.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    register_model,
    typeof_impl,
    unbox,
)

T = TypeVar("T")


class Pointed:
    """A named tuple that kernels take as a pointer; its fields are read as those of the tuple."""

    def __init__(self, value: Any) -> None:
        self.value, self._memory, self.address = value, np.zeros(0), 0
        self._kind: PointedType | None = None  # not yet asked for
        if hasattr(_write, "signatures"):  # numba is not switched off
            self._memory = np.zeros(-(-_write(value, 0) // 8))
            self.address = int(self._memory.ctypes.data)
            _write(value, self.address)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.value, name)

    def _replace(self, **changes: Any) -> Any:
        return Pointed(self.value._replace(**changes))


def pointed(value: T) -> T:
    """Return a named tuple as kernels take it; to all others it is the same."""
    made: Any = Pointed(value)
    result: T = made
    return result


class PointedType(types.Type):
    """Numba's type of a `Pointed`: that of its tuple."""

    def __init__(self, held: Any) -> None:
        self.held = held
        super().__init__(name=f"Pointed({held.name})")


@typeof_impl.register(Pointed)
def _typeof(value: Pointed, context: Any) -> PointedType:
    """Found once: that of a tuple of dozens of arrays takes longer than many a kernel."""
    if value._kind is None:
        value._kind = PointedType(typeof_impl(value.value, context))
    return value._kind


@register_model(PointedType)
class _Model(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, ir.IntType(8).as_pointer())


@unbox(PointedType)
def _unbox(typ: Any, obj: Any, c: Any) -> NativeValue:  # noqa: ARG001 - numba's signature
    address = c.pyapi.object_getattr_string(obj, "address")
    number = c.unbox(types.intp, address)
    c.pyapi.decref(address)
    return NativeValue(
        c.builder.inttoptr(number.value, cgutils.voidptr_t), is_error=number.is_error
    )


@infer_getattr
class _Fields(AttributeTemplate):
    key = PointedType

    def generic_resolve(self, typ: Any, attribute: str) -> Any:  # type: ignore[override]
        if attribute in typ.held.fields:
            return typ.held.types[typ.held.fields.index(attribute)]
        return None


@lower_getattr_generic(PointedType)
def _load_field(context: Any, builder: Any, typ: Any, value: Any, attribute: str) -> Any:
    number = typ.held.fields.index(attribute)
    whole = builder.bitcast(value, context.get_value_type(typ.held).as_pointer())
    loaded = _load(builder, cgutils.gep_inbounds(builder, whole, 0, number))
    if isinstance(typ.held.types[number], types.Array):
        # Who counts references finds none to count: the arrays belong to Python, not to the call.
        nobody = cgutils.get_null_value(cgutils.voidptr_t)
        for owner in (0, 1):
            loaded = builder.insert_value(loaded, nobody, owner)
    return loaded


def _load(builder: Any, place: Any) -> Any:
    """Load a value part by part: only of single numbers LLVM remembers that they never change."""
    kind = place.type.pointee
    if isinstance(kind, (ir.LiteralStructType, ir.ArrayType)):
        made = ir.Constant(kind, ir.Undefined)
        count = kind.count if isinstance(kind, ir.ArrayType) else len(kind.elements)
        for k in range(count):
            part = _load(builder, cgutils.gep_inbounds(builder, place, 0, k))
            made = builder.insert_value(made, part, k)
        return made
    loaded = builder.load(place)
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@intrinsic
def _store(typing_context: Any, held: Any, address: Any) -> Any:  # noqa: ARG001 - as above
    """Write a tuple where it is to lie (0: nowhere), and return how many bytes it takes."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value, number = arguments
        whole = context.get_value_type(signature.args[0])
        with builder.if_then(cgutils.is_not_null(builder, number)):
            base = builder.inttoptr(number, whole.as_pointer())
            for k in range(len(signature.args[0].types)):
                part = builder.extract_value(value, k)
                builder.store(part, cgutils.gep_inbounds(builder, base, 0, k))
        return context.get_constant(types.intp, context.get_abi_sizeof(whole))

    return types.intp(held, types.intp), write


@njit(cache=True)
def _write(held: Any, address: int) -> int:
    return _store(held, address)  # type: ignore[call-arg]
