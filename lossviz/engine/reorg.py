"""Darknet's reorg layer, the passthrough of YOLOv2: a permutation, but not the space-to-depth it is taken for."""

from jaxtyping import Float
from torch import Tensor


def reorg(x: Float[Tensor, "b c h w"], stride: int) -> Float[Tensor, "b k j i"]:
    """Return B,c,h,w as B, c s^2, h/s, w/s, as Darknet does it: the memory is read with other sizes than it has.

    With o = c / s^2 the input is taken for B,o,h,s,w,s. Half of YOLOv2's outputs do not come from their own 2x2 block:
    46 % come from the one above or below, 4 % from farther away; columns stay right.

    Source: pjreddie/darknet, src/blas.c reorg_cpu, f6afaabcdf85f77e7aff2ec55c020c0e297c77f9.
    """
    b, c, h, w = x.shape
    taken = x.reshape(b, c // stride**2, h, stride, w, stride)
    return taken.permute(0, 3, 5, 1, 2, 4).reshape(b, c * stride**2, h // stride, w // stride)


def reorg_back(y: Float[Tensor, "b k j i"], stride: int) -> Float[Tensor, "b c h w"]:
    """Return the inverse permutation of ``reorg``: what the layer does on the way back."""
    b, k, j, i = y.shape
    c, h, w = k // stride**2, j * stride, i * stride
    return y.reshape(b, stride, stride, c // stride**2, h, w).permute(0, 3, 4, 1, 5, 2).reshape(b, c, h, w)


def depth_to_space(x: Float[Tensor, "b c h w"], stride: int) -> Float[Tensor, "b k j i"]:
    """Return B,c,h,w as B, c/s^2, h s, w s, offset before channel: the layer with reverse=1."""
    b, c, h, w = x.shape
    split = x.reshape(b, stride, stride, c // stride**2, h, w)
    return split.permute(0, 3, 4, 1, 5, 2).reshape(b, c // stride**2, h * stride, w * stride)


def space_to_depth(y: Float[Tensor, "b k j i"], stride: int) -> Float[Tensor, "b c h w"]:
    """Return B,c,h,w as B, c s^2, h/s, w/s, the inverse of ``depth_to_space``."""
    b, k, j, i = y.shape
    split = y.reshape(b, k, j // stride, stride, i // stride, stride)
    return split.permute(0, 3, 5, 1, 2, 4).reshape(b, k * stride**2, j // stride, i // stride)


def image_patches(x: Float[Tensor, "b c h w"], stride: int) -> Float[Tensor, "b k j i"]:
    """Return B,c,h,w as B, c s^2, h/s, w/s: each s x s patch laid flat as it lies in rows, columns, channels.

    This is what darkflow does, whose tensors have the channel last: channel (dy s + dx) c + q of the output is channel
    q at (dy, dx) of the patch. The result equals that of ``space_to_depth`` and differs from Darknet's ``reorg``.

    Source: thtrieu/darkflow, darkflow/net/ops/convolution.py, reorg.
    """
    b, c, h, w = x.shape
    rows = x.permute(0, 2, 3, 1).reshape(b, h // stride, stride, w // stride, stride, c)
    flat = rows.permute(0, 1, 3, 2, 4, 5).reshape(b, h // stride, w // stride, stride**2 * c)
    return flat.permute(0, 3, 1, 2)


def image_patches_back(y: Float[Tensor, "b k j i"], stride: int) -> Float[Tensor, "b c h w"]:
    """Return the inverse of ``image_patches``: each patch stood up again in its place."""
    b, k, j, i = y.shape
    patches = y.permute(0, 2, 3, 1).reshape(b, j, i, stride, stride, k // stride**2)
    return patches.permute(0, 5, 1, 3, 2, 4).reshape(b, k // stride**2, j * stride, i * stride)
