"""Takes pictures of a running demo: each screen at two widths, light and dark.

The pictures are real: the demo data, the real browser, nothing edited afterwards.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "images"
SIZES = {"wide": (1400, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

# (name of the picture, login or None for a visitor, path, selector that must be there before the picture is taken)
SCREENS = [
    ("funnel", "head", "/odoo/crm?view_type=funnel", ".o_content"),
    ("inbox", "director", "/odoo/action-paydox_edms.paydox_approval_line_action_inbox", ".o_content"),
    ("documents", "clerk", "/odoo/action-paydox_edms.paydox_document_action", ".o_content"),
    ("order", None, "/order", "#wrap"),
]


def log_in(page, address, login):
    page.goto(f"{address}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("form.oe_login_form button[type=submit]")
    page.wait_for_selector(".o_web_client .o_main_navbar")


def take(browser, address, screen, size, scheme):
    name, login, path, selector = screen
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-US")
    # Odoo's web client takes its colours from this cookie, not from the system.
    context.add_cookies([{"name": "color_scheme", "value": scheme, "url": address}])
    page = context.new_page()
    try:
        if login:
            log_in(page, address, login)
        page.goto(address + path)
        page.wait_for_selector(selector)
        page.wait_for_load_state("networkidle")
        target = TARGET / f"{name}-{size}-{scheme}.png"
        page.screenshot(path=str(target))
        print(f"  {target.relative_to(ROOT)}", flush=True)
    finally:
        context.close()


def main(address, *names):
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        for screen in SCREENS:
            if names and screen[0] not in names:
                continue
            for size in SIZES:
                for scheme in SCHEMES:
                    take(browser, address, screen, size, scheme)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
