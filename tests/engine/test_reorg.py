"""Darknet's reorg layer."""

import pytest
import torch

from lossviz.engine.reorg import (
    depth_to_space,
    image_patches,
    image_patches_back,
    reorg,
    reorg_back,
    space_to_depth,
)

SHAPES = [((1, 4, 4, 4), 2), ((2, 8, 4, 6), 2), ((1, 9, 6, 3), 3), ((1, 64, 26, 26), 2)]


def counted(shape: tuple[int, ...]) -> torch.Tensor:
    return torch.arange(torch.Size(shape).numel(), dtype=torch.float64).reshape(shape)


@pytest.mark.parametrize(("shape", "stride"), SHAPES)
def test_every_number_is_kept_once_and_the_way_back_restores_it(shape: tuple[int, ...], stride: int) -> None:
    x = counted(shape)
    b, c, h, w = shape
    y = reorg(x, stride)
    assert y.shape == (b, c * stride**2, h // stride, w // stride)
    assert torch.equal(y.flatten().sort().values, x.flatten())
    assert torch.equal(reorg_back(y, stride), x)


@pytest.mark.parametrize(("shape", "stride"), SHAPES)
def test_depth_to_space_and_space_to_depth_undo_one_another(shape: tuple[int, ...], stride: int) -> None:
    x = counted(shape)
    y = depth_to_space(x, stride)
    assert y.shape == (shape[0], shape[1] // stride**2, shape[2] * stride, shape[3] * stride)
    assert torch.equal(space_to_depth(y, stride), x)


def test_depth_to_space_counts_offsets_before_channels() -> None:
    x = counted((1, 8, 1, 1))
    # Two channels of 2x2: offset (dy, dx) of channel q is channel (2 dy + dx) 2 + q.
    assert depth_to_space(x, 2).tolist() == [[[[0, 2], [4, 6]], [[1, 3], [5, 7]]]]


def test_half_of_the_passthrough_comes_from_the_neighbouring_block() -> None:
    rows = torch.arange(26.0)[:, None].expand(1, 64, 26, 26)
    columns = torch.arange(26.0)[None, :].expand(1, 64, 26, 26)
    here = torch.arange(13)
    assert (reorg(columns, 2) // 2 == here[None, :]).all()
    own = reorg(rows, 2) // 2 == here[:, None]
    assert own.double().mean() == 0.5
    # The number of block rows is odd, so at the border some come from the far edge of another channel.
    assert (reorg(rows, 2) // 2 - here[:, None]).unique().tolist() == [-12, -1, 0, 1, 12]


def test_the_passthrough_is_no_space_to_depth() -> None:
    x = counted((1, 4, 4, 4))
    assert not torch.equal(reorg(x, 2), space_to_depth(x, 2))


def test_half_of_the_passthrough_of_yolov2_does_not_come_from_its_own_block() -> None:
    number = torch.arange(64 * 26 * 26).reshape(1, 64, 26, 26)
    source = reorg(number.double(), 2)[0].long()
    rows = source // 26 % 26 // 2 - torch.arange(13)[None, :, None]
    columns = source % 26 // 2 - torch.arange(13)[None, None, :]
    shares = [float(found.double().mean()) for found in (rows == 0, rows.abs() == 1, rows.abs() > 1)]
    assert shares == pytest.approx([0.5, 0.4615, 0.0385], abs=1e-4)
    assert not columns.any()


@pytest.mark.parametrize(("shape", "stride"), SHAPES)
def test_patches_laid_flat_are_a_space_to_depth_and_their_way_back_restores_them(
    shape: tuple[int, ...], stride: int
) -> None:
    x = counted(shape)
    y = image_patches(x, stride)
    assert torch.equal(y, space_to_depth(x, stride))
    assert torch.equal(image_patches_back(y, stride), x)


def test_a_patch_is_laid_flat_by_row_column_and_channel() -> None:
    """By definition: out[row, column, (dy s + dx) c + q] = in[s row + dy, s column + dx, q], the channel last."""
    stride, x = 2, counted((1, 3, 4, 6))
    last, found = x.permute(0, 2, 3, 1), image_patches(x, stride).permute(0, 2, 3, 1)
    for row, column in ((0, 0), (1, 2)):
        patch = last[0, stride * row : stride * (row + 1), stride * column : stride * (column + 1)]
        assert torch.equal(found[0, row, column], patch.flatten())
