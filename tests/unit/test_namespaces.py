"""Linear algebra is the same for NumPy arrays and for torch tensors."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from ventralmap import namespaces

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(9, 6))
GRAM = X @ X.T + np.eye(9)
as_either = pytest.mark.parametrize("make", [np.array, torch.tensor], ids=["numpy", "torch"])


@as_either
def test_a_decomposition_gives_the_matrix_again(make):
    values, vectors = map(namespaces.on_host, namespaces.eigh(make(GRAM)))
    assert (np.diff(values) >= 0).all()
    np.testing.assert_allclose((vectors * values) @ vectors.T, GRAM, atol=1e-12)


@as_either
def test_the_last_eigenvalues_are_the_largest(make):
    values, vectors = map(namespaces.on_host, namespaces.last_eigh(make(GRAM), 4))
    np.testing.assert_allclose(values, np.linalg.eigvalsh(GRAM)[-4:])
    np.testing.assert_allclose(GRAM @ vectors, vectors * values, atol=1e-12)


@as_either
def test_a_system_is_solved(make):
    found = namespaces.on_host(namespaces.solve(make(GRAM), make(X)))
    np.testing.assert_allclose(GRAM @ found, X, atol=1e-12)


@as_either
def test_values_become_like_an_array_and_keep_their_type(make):
    made = make(X)
    found = namespaces.like(np.array([True, False]), made)
    assert type(found) is type(made)
    assert found.dtype in (np.bool_, torch.bool)
    assert namespaces.on_host(found).tolist() == [True, False]


def test_each_array_has_its_library():
    assert namespaces.namespace(X) is np
    assert namespaces.namespace(torch.tensor(X)) is torch


def test_an_encode_job_does_not_import_torch_where_there_is_no_gpu():
    code = (
        "import sys; from ventralmap import devices, encoding, kernels, solvers;"
        "devices.DRIVERS = ();"
        "alphas = {'low': 1, 'high': 10, 'n': 2};"
        "solvers.make({'method': 'ridge', 'device': 'auto', 'alphas': alphas});"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
