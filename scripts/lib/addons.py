"""Answers questions about the addons of this repository from their manifests; needs nothing but Python.

addons.py list               installable addons, in the order of their dependencies
addons.py external [ADDON…]  addons of Odoo that they depend on
addons.py hashes             "addon=hash" of what an installed database holds of each addon
"""

import ast
import hashlib
import sys
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"
# Read by the server or the browser at run time, never stored in a database.
NOT_IN_DATABASE = {"tests", "__pycache__"}
NOT_IN_DATABASE_STATIC = {"src", "tests"}


def manifests():
    """Manifest of each installable addon, by name."""
    found = {}
    for path in sorted(ADDONS.glob("*/__manifest__.py")):
        manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
        if manifest.get("installable", True):
            found[path.parent.name] = manifest
    return found


def in_order(found):
    """Names of the addons, each after those it depends on."""
    ordered = []

    def visit(name, path=()):
        if name in path:
            sys.exit(f"paydox: addons depend on each other in a circle: {' > '.join((*path, name))}")
        for dependency in found[name].get("depends", []):
            if dependency in found:
                visit(dependency, (*path, name))
        if name not in ordered:
            ordered.append(name)

    for name in found:
        visit(name)
    return ordered


def external(found, names):
    """Addons of Odoo that the named addons depend on, also through ours."""
    wanted, queue = set(), list(names)
    while queue:
        for dependency in found[queue.pop()].get("depends", []):
            if dependency in found:
                queue.append(dependency)
            else:
                wanted.add(dependency)
    return sorted(wanted)


def stored_hash(addon):
    """Hash of the files of an addon that shape a database."""
    digest = hashlib.sha256()
    for path in sorted((ADDONS / addon).rglob("*")):
        parts = path.relative_to(ADDONS / addon).parts
        if (
            not path.is_file()
            or NOT_IN_DATABASE.intersection(parts)
            or path.suffix in {".md", ".pyc"}
            or (parts[0] == "static" and parts[1] in NOT_IN_DATABASE_STATIC)
        ):
            continue
        digest.update("/".join(parts).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def main(command, *names):
    found = manifests()
    if command == "list":
        print("\n".join(in_order(found)))
    elif command == "external":
        print("\n".join(external(found, names or found)))
    elif command == "hashes":
        print("\n".join(f"{name}={stored_hash(name)}" for name in in_order(found)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["help"]))
