"""Where releases that were registered before 2026-12 look for their entry point: MLflow stored this module's name with them."""

from ragline.registry.pyfunc_model import _load_pyfunc

__all__ = ["_load_pyfunc"]
