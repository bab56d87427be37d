"""The command `preview`: shows a comment or another Markdown file as GitHub would."""

import threading
import webbrowser
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.preview.page import render
from mainline.preview.page_server import PageServer


def run(root: Path, file: Path | None, *, port: int, no_browser: bool, out: Path | None) -> None:
    """Serve the page until Ctrl-C, or write it to `out`.

    Raises MainlineError when the file cannot be read and, at the end, when a chart cannot be drawn.
    """
    file = file or Layout.comment
    shown = [render(root, file)]
    drawn = shown[-1].charts - len(shown[-1].broken)
    say("preview", f"{file}: Mermaid can draw {drawn} of {shown[-1].charts} charts")
    if out is not None:
        write_text(out, shown[-1].html)
        say("preview", f"written to {out}, one self-contained file")
    else:

        def page() -> str:
            shown[:] = [render(root, file)]
            return shown[-1].html

        for line in shown[-1].broken:
            say("preview", line)
        with PageServer(port, page) as server:
            say("preview", f"{server.url} shows {file} until Ctrl-C; reload it after a change")
            if not no_browser:
                _open(server.url)
            try:
                server.serve_forever(poll_interval=0.1)
            except KeyboardInterrupt:
                say("preview", "stopped")
    if shown[-1].broken:
        raise MainlineError("\n".join(shown[-1].broken))


def _open(url: str) -> None:
    """Open the browser in a thread: without a browser this call may take long."""
    browser = threading.Thread(target=webbrowser.open, args=[url], name="browser", daemon=True)
    browser.start()
