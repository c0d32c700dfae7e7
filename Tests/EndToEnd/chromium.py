# SPDX-License-Identifier: Apache-2.0
"""A fresh server and Debian's Chromium for a story that needs nothing else."""
import shutil
import sys
import tempfile

from playwright.sync_api import sync_playwright

from otklik_server import Server


def tell(name, walk):
    """Runs `walk(browser, server)`; what it finds wrong is printed, and the program ends with an error."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory(prefix=f"otklik-{name}-") as folder, sync_playwright() as playwright:
        server = Server(f"{folder}/data").start()
        try:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            walk(browser, server)
            browser.close()
        except AssertionError as error:
            sys.exit(str(error))
        finally:
            server.stop()
