import numpy as np
import pytest

from ventralmap import triangles


def symmetric(*shape: int) -> np.ndarray:
    made = np.random.default_rng(0).normal(size=(*shape, shape[-1]))
    return made + made.mT


@pytest.mark.parametrize("shape", [(1,), (5,), (3, 4)])
def test_a_packed_matrix_unpacks_to_itself(shape):
    squares = symmetric(*shape)
    packed = triangles.pack(squares)
    assert packed.shape == (*shape[:-1], triangles.size(shape[-1]))
    np.testing.assert_array_equal(triangles.unpack(packed, shape[-1]), squares)


def test_triangles_are_row_after_row_from_the_diagonal():
    np.testing.assert_array_equal(triangles.pack(np.arange(9.0).reshape(3, 3)), [0, 1, 2, 4, 5, 8])


def test_adding_to_a_triangle_adds_to_its_matrix():
    first, second = symmetric(6), 3 * symmetric(6) + 1
    packed = triangles.pack(first)
    triangles.add(packed, second)
    np.testing.assert_array_equal(triangles.unpack(packed, 6), first + second)
