"""`python -m benchmarks [NAME …]` measures and prints one table; without names, everything."""

import importlib
import os
import pkgutil
import platform
import sys
from collections.abc import Callable, Iterable

import benchmarks
from benchmarks.rows import HEADER, Row
from benchmarks.timing import table


def found() -> dict[str, Callable[[], Iterable[Row]]]:
    """Every benchmark by name: the modules that have a function `rows`; `*_process` run in processes of their own."""
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    names = [name for name in names if name != "__main__" and not name.endswith("_process")]
    modules = {name: importlib.import_module(f"benchmarks.{name}") for name in names}
    return {name: module.rows for name, module in modules.items() if callable(getattr(module, "rows", None))}


def main(wanted: list[str]) -> int:
    """Run the benchmarks of these names, or all; 0 unless a name is unknown."""
    known = found()
    if unknown := sorted(set(wanted) - set(known)):
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in wanted or known:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        rows.extend(known[name]())
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(table(HEADER, [row.cells() for row in rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
