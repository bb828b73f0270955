"""Two one-way alignments made one (grow-diag-final-and), and the file they are kept in.

The heuristic is that of Koehn, Axelrod, Birch, Callison-Burch, Osborne and Talbot (2005).  A file has
one line a sentence pair, its links in the Pharaoh format, ``0-0 1-2``: source-target, from 0.
"""

from collections.abc import Sequence

Link = tuple[int, int]  # source position, target position

NEIGHBORS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def symmetrize(source_of_target: Sequence[int], target_of_source: Sequence[int]) -> list[Link]:
    """The links, sorted; -1 in either alignment means none."""
    forward = [(source, target) for target, source in enumerate(source_of_target) if source >= 0]
    backward = [(source, target) for source, target in enumerate(target_of_source) if target >= 0]
    links = set(forward) & set(backward)
    sources, targets = {source for source, _ in links}, {target for _, target in links}
    _grow(links, set(forward) | set(backward), sources, targets)
    for source, target in (*sorted(forward), *backward):
        if source not in sources and target not in targets:
            links.add((source, target))
            sources.add(source)
            targets.add(target)
    return sorted(links)


def _grow(links: set[Link], union: set[Link], sources: set[int], targets: set[int]) -> None:
    """Add to ``links`` their neighbors in ``union`` that link a word so far without any."""
    candidates = union - links
    grown = True
    while grown and candidates:
        grown = False
        for link in sorted(links):
            for down, right in NEIGHBORS:
                source, target = link[0] + down, link[1] + right
                if (source, target) not in candidates:
                    continue
                if source not in sources or target not in targets:
                    candidates.discard((source, target))
                    links.add((source, target))
                    sources.add(source)
                    targets.add(target)
                    grown = True


def format_links(links: Sequence[Link]) -> str:
    return " ".join(f"{source}-{target}" for source, target in links)


def parse_links(line: str) -> list[Link]:
    """The links of one line, in its order.

    Raises:
        ValueError: this is no list of ``source-target``.
    """
    return [_link(field) for field in line.split(" ")] if line else []


def _link(field: str) -> Link:
    source, target = field.split("-")
    return int(source), int(target)
