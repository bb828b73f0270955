"""Open a page in headless Chromium: what axe finds, and whether it scrolls sideways.

python page_check.py results/demo/report.html
"""

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
AXE = REPOSITORY / ".venv/node/node_modules/axe-core/axe.min.js"
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
WIDTHS = (1400, 768, 380)
# Everything is unfolded, so that what is folded is checked too.
PROBE = """<script src="axe.min.js"></script><script>
addEventListener('load', async () => {
  document.querySelectorAll('details').forEach(each => { each.open = true; });
  const wide = [...document.querySelectorAll('body *')].filter(each =>
    each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('svg'));
  const found = await axe.run(document, {resultTypes: ['violations']});
  const report = {
    sideways: document.documentElement.scrollWidth > innerWidth
      ? wide.slice(0, 3).map(each => each.outerHTML.slice(0, 200)) : [],
    violations: found.violations.map(each => `${each.impact}: ${each.help}: ` +
      each.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' ')),
    passes: found.passes.length};
  document.body.innerHTML = '<pre id="probe"></pre>';
  document.getElementById('probe').textContent = JSON.stringify(report);
});</script>"""


def missing_tool() -> str | None:
    """Why pages cannot be checked here, if they cannot."""
    if BROWSER is None:
        return "needs Chromium or Chrome"
    return None if AXE.is_file() else "needs axe-core, which `make test` gets by npm"


def check(page: Path, *, width: int, dark: bool = False) -> list[str]:
    """What is wrong with the page at this width."""
    assert BROWSER
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(AXE, folder)
        copy = Path(folder) / "page.html"
        text = page.read_text(encoding="utf-8")
        text = re.sub(r"<script>setTimeout.*?</script>", "", text)  # a live page's
        copy.write_text(text.replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},900"]
        flags += [f"--user-data-dir={folder}/profile", "--virtual-time-budget=60000"]
        flags += [f"--blink-settings=preferredColorScheme={0 if dark else 1}"]
        command = [BROWSER, *flags, "--dump-dom", copy.as_uri()]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    found = re.search(r'<pre id="probe">(.*?)</pre>', ended.stdout, re.DOTALL)
    if not found:
        return [f"Chromium gave no result: {ended.stderr[-500:]}"]
    report = json.loads(html.unescape(found[1]))
    assert report["passes"] > 3, "axe checked next to nothing"
    return [*report["violations"], *(f"wider than the page: {each}" for each in report["sideways"])]


if __name__ == "__main__":
    if reason := missing_tool():
        sys.exit(f"error: {reason}")
    problems = [
        f"{width} px, {'dark' if dark else 'light'}: {problem}"
        for width in WIDTHS
        for dark in (False, True)
        for problem in check(Path(sys.argv[1]), width=width, dark=dark)
    ]
    print("\n".join(problems))
    sys.exit(bool(problems))
