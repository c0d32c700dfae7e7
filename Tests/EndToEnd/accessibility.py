# SPDX-License-Identifier: Apache-2.0
"""axe-core in a page: put in once for each page, and asked for violations alone. Handing over what it found to be right
takes as long as finding it."""
from axe_playwright_python.sync_playwright import Axe

SCRIPT = Axe().axe_script
ASK = """(part) => axe.run(part ?? document, { resultTypes: ['violations'] }).then((found) => found.violations.map(
    (one) => ({ id: one.id, nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)) })))"""


def violations(page, part=None):
    """The rules that a page breaks, or a part of it by its selector, with the first places of each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    return page.evaluate(ASK, part)
