"""What shuts people out of a page, as axe-core finds it."""

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # no stubs
from playwright.sync_api import Page


def barriers(page: Page) -> str:
    """Return what axe finds in a page in light and in dark; empty where it finds nothing.

    The window must be a lenient one: the tool asks for the page's own style sheets, which the
    page's policy lets no script do.
    """
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        response = Axe().run(page).response
        found += [f"{theme}: {_told(broken)}" for broken in response["violations"]]
    return "\n".join(found)


def _told(broken: dict[str, object]) -> str:
    nodes = broken["nodes"]
    assert isinstance(nodes, list)
    lines = [f"    {node['html'][:200]} {node['failureSummary']}" for node in nodes[:4]]
    return "\n".join([f"{broken['id']}: {broken['help']}", *lines])
