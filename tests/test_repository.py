"""The repository itself: manifests, files, links, texts."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import etree

from .repository import ADDONS, ROOT, manifests, tracked_files

MANIFESTS = manifests()
# Order of the keys; further ones (auto_install, external_dependencies …) stand among the last.
KEYS = ["name", "summary", "version", "category", "author", "website", "license", "depends", "data", "demo", "assets"]
LAST_KEYS = {
    "application", "auto_install", "external_dependencies", "installable",
    "post_init_hook", "pre_init_hook", "uninstall_hook", "post_load",
}  # fmt: skip
REQUIRED = {"name", "summary", "version", "category", "author", "license", "depends"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img[^>]+src=\"([^\"]+)\"")
MAX_TOP_LEVEL = 16

addon = pytest.mark.parametrize("name", MANIFESTS)


@addon
def test_manifest_is_complete_and_in_order(name):
    manifest = MANIFESTS[name]
    keys = list(manifest)

    assert set(keys) >= REQUIRED
    assert set(keys) <= {*KEYS, *LAST_KEYS}
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest["version"])
    assert manifest["author"] == "PayDox"
    assert manifest["license"] == "LGPL-3"
    first = [key for key in keys if key in KEYS]
    assert first == sorted(first, key=KEYS.index)
    assert not LAST_KEYS & set(keys[: len(first)])


@addon
def test_every_data_file_is_loaded_and_exists(name):
    manifest, folder = MANIFESTS[name], ADDONS / name
    loaded = [*manifest.get("data", []), *manifest.get("demo", [])]

    assert [path for path in loaded if not (folder / path).is_file()] == []
    assert len(loaded) == len(set(loaded))
    kinds = {".xml", ".csv"}
    skipped = {"static", "tests", "i18n"}
    files = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.suffix in kinds and path.relative_to(folder).parts[0] not in skipped
    }
    assert files - set(loaded) == set()


@addon
def test_addon_has_icon_and_readme(name):
    folder = ADDONS / name

    icon = (folder / "static/description/icon.png").read_bytes()
    assert icon.startswith(b"\x89PNG")
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# ")


@addon
def test_icons_named_in_menus_exist(name):
    for path in (ADDONS / name).rglob("*.xml"):
        for node in etree.parse(path).iter("menuitem"):
            if icon := node.get("web_icon"):
                module, _comma, file = icon.partition(",")
                assert (ADDONS / module / file).is_file(), f"{path.name}: {icon}"


@addon
def test_addon_depends_only_on_what_is_below_it(name):
    """No circle, and no addon names one that depends on it."""

    def below(addon):
        ours = [other for other in MANIFESTS[addon].get("depends", []) if other in MANIFESTS]
        return set(ours).union(*(below(other) for other in ours)) if ours else set()

    assert name not in below(name)


@pytest.mark.parametrize("path", [path for path in tracked_files() if path.suffix == ".md"], ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for match in LINK.finditer(path.read_text(encoding="utf-8")):
        target = unquote((match[1] or match[2]).partition("#")[0])
        if target and not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), f"{path.relative_to(ROOT)} links to {target}"


def test_top_level_is_small():
    top = {path.relative_to(ROOT).parts[0] for path in tracked_files()}

    visible = {name for name in top if not name.startswith(".")}
    assert len(visible) <= MAX_TOP_LEVEL, sorted(visible)


def test_no_file_names_a_machine():
    """Paths of somebody's machine would be wrong on every other."""
    personal = re.compile("|".join((re.escape(f"{Path.home()}/"), "/home/[a-z]", "/Users/[a-z]")))

    for path in tracked_files():
        if path == ROOT / "tests" / "test_repository.py" or path.suffix in {".png", ".ico", ".xlsx", ".docx", ".pdf"}:
            continue
        found = personal.search(path.read_bytes().decode("utf-8", errors="ignore"))
        assert not found, f"{path.relative_to(ROOT)}: {found[0]}"


def test_scripts_can_be_run():
    for path in tracked_files():
        if path.suffix == ".sh" and path.parent.name != "lib":
            assert path.stat().st_mode & 0o111, f"{path.relative_to(ROOT)} is not executable"


def test_licence_is_lgpl_3():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "Version 3, 29 June 2007" in text


def test_make_help_names_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9]+):", makefile, re.MULTILINE)) - {"help", "lint"}

    assert {target for target in targets if f"make {target}" not in makefile} == set()
