"""Takes the pictures of the documentation from a running demo.

They are real: the demo data, the real browser, nothing edited afterwards. Each demo user sees his own language.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "images"
SIZES = {"wide": (1400, 900), "phone": (390, 844)}
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

# (name of the picture, login or None for a visitor, path, clicks on the way, selector that says that the screen is there)
SCREENS = [
    ("funnel", "admin", "/odoo/funnel", [], ".o_funnel_layer"),
    ("deals", "ana", "/odoo/deals", [".o_group_header >> nth=0"], ".o_data_row"),
    ("inbox", "director", "/odoo/to-decide", [], ".o_content"),
    ("document", "director", "/odoo/to-decide", ["td[name=record_name] >> nth=1"], "button[name=action_agree]"),
    ("requisites-history", "lawyer", "/odoo/requisites-history", [], ".o_content"),
    ("order", None, "/order/television", [], "form[data-paydox=order_form]"),
]


def log_in(page, address, login):
    page.goto(f"{address}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("form.oe_login_form button[type=submit]")
    page.wait_for_selector(".o_web_client .o_main_navbar")


def take(browser, address, screen, size):
    name, login, path, clicks, selector = screen
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
    page = context.new_page()
    try:
        if login:
            log_in(page, address, login)
        page.goto(address + path)
        for click in clicks:
            page.click(click)
        page.wait_for_selector(selector)
        page.wait_for_timeout(2000)  # avatars and fonts
        target = TARGET / f"{name}-{size}.png"
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
            # What needs clicks in a list is shown wide only: phones have cards instead.
            for size in SIZES if not screen[3] else ["wide"]:
                take(browser, address, screen, size)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
