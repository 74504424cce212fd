"""A plug-in that was never tried."""

import a_library_that_nobody_has  # noqa: F401
