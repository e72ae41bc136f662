"""Draw a rendered comment as a picture, the way GitHub shows it.

    python scripts/comment-picture.py tests/golden/comment-fail.md docs/images/comment.png

Needs cmarkgfm (in requirements-dev.lock), a Chromium on PATH or named by ``CHROMIUM``, and a font with emoji.
The style is a plain approximation of GitHub's; nothing is loaded from anywhere.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import cmarkgfm
from cmarkgfm.cmark import Options

LIGHT = {
    "page": "#ffffff",
    "text": "#1f2328",
    "line": "#d1d9e0",
    "head": "#f6f8fa",
    "code": "#818b981f",
    "link": "#0969da",
}
DARK = {
    "page": "#0d1117",
    "text": "#f0f6fc",
    "line": "#3d444d",
    "head": "#151b23",
    "code": "#656c7633",
    "link": "#4493f8",
}
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 16px; background: {page}; color: {text};
  font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif, "Noto Color Emoji"; }}
article {{ border: 1px solid {line}; border-radius: 6px; overflow: hidden; }}
header {{ background: {head}; border-bottom: 1px solid {line}; padding: 8px 16px; }}
main {{ padding: 16px; overflow-wrap: break-word; }}
main > :first-child {{ margin-top: 0; }} main > :last-child {{ margin-bottom: 0; }}
p, table, details, ul, pre {{ margin: 0 0 16px; }}
table {{ display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse; }}
th, td {{ border: 1px solid {line}; padding: 6px 13px; text-align: left; }}
tr:nth-child(even) td {{ background: {head}; }}
code {{ background: {code}; border-radius: 6px; padding: .2em .4em; white-space: break-spaces;
  font: 85% ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace; }}
pre {{ background: {head}; border-radius: 6px; padding: 16px; overflow: auto; }}
pre code {{ background: none; padding: 0; white-space: pre; }}
a {{ color: {link}; }} sub {{ font-size: 75%; line-height: 0; }}
</style><article><header><b>github-actions</b> bot commented</header><main>{body}</main></article>
"""


def draw(markdown: str, picture: Path, colours: dict[str, str], width: int, height: int) -> None:
    """Write ``picture``: ``markdown`` as GitHub would show it, ``width`` by ``height`` pixels."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("comment-picture: no Chromium found; install the package chromium, or set CHROMIUM")
    body = cmarkgfm.markdown_to_html_with_extensions(
        markdown,
        options=Options.CMARK_OPT_UNSAFE,
        extensions=["table", "autolink", "strikethrough", "tagfilter"],
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "comment.html")
        page.write_text(PAGE.format(body=body, **colours), encoding="utf-8")
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += ["--disable-background-networking", "--disable-sync", f"--user-data-dir={folder}/profile"]
        command += [f"--window-size={width},{height}", f"--screenshot={picture.absolute()}", page.as_uri()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)


def main() -> None:
    """Read the arguments and draw."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("comment", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=900)
    parser.add_argument("--height", type=int, default=588)
    given = parser.parse_args()
    markdown = given.comment.read_text(encoding="utf-8")
    draw(markdown, given.picture, DARK if given.dark else LIGHT, given.width, given.height)


if __name__ == "__main__":
    main()
