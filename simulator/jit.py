"""How kernels are compiled: cached on disk; no fastmath, with which results would hang on the machine."""

from numba import njit

#: Decorator of every kernel. ``error_model="numpy"`` drops the division checks; kernels guard their own
#: divisors.
kernel = njit(cache=True, nogil=True, error_model="numpy")

#: The same for helpers that must become part of their caller's loop, so that it can be vectorised. Numba's
#: cache does not notice an edit of such a helper in its callers: after one, delete ``__pycache__``.
inlined = njit(nogil=True, error_model="numpy", inline="always")
