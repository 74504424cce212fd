"""How kernels are compiled: cached on disk, no fastmath, so that a result never depends on the machine's mood."""

from numba import njit

#: Decorator of every kernel. ``error_model="numpy"`` drops the division checks; kernels guard their own divisors.
kernel = njit(cache=True, nogil=True, error_model="numpy")
