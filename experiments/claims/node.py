"""What a preset says of a claim: the node ``claim`` of the configuration."""

from dataclasses import dataclass, field


@dataclass
class CellNode:
    """One cell: an arm of the preset in its community, or in what ``set`` makes of it.

    Attributes:
        arm: Label of an arm of the preset; ``baseline`` for doing nothing.
        set: Words as on the command line (``community=fan_group``, ``community.kols=0``).
        title: What the cell is called, by language.
    """

    arm: str = "baseline"
    set: list[str] = field(default_factory=list)
    title: dict[str, str] = field(default_factory=dict)


@dataclass
class PartNode:
    """One statement the claim makes; the claim holds where all of them do.

    Attributes:
        metric: A metric of the table; over days of one's own, ``voices[56:70]``; several joined by + - * /.
        contrast: Of the cells, by name, joined by + - * /.
        holds: ``more``: the contrast passes the smallest effect of interest; ``less``: it does downwards;
            ``about``: it passes it neither way; ``not_more``: it does not pass it upwards.
        against: The cell of whose mean ``matters_rel`` is a share.
        matters_rel: Smallest effect of interest as such a share; nothing: the metric's own.
        matters_abs: The same in the metric's unit; the larger of the two counts.
        title: What is read off, by language.
    """

    metric: str = "voices"
    contrast: str = ""
    holds: str = "more"
    against: str = ""
    matters_rel: float | None = None
    matters_abs: float | None = None
    title: dict[str, str] = field(default_factory=dict)


@dataclass
class ClaimNode:
    """A claim.

    Attributes:
        hypothesis: In the practitioners' words, by language.
        why: Why it is put this way, by language.
        equal: How the cells in ``spend`` were made to cost the same, by language; empty: none need to.
        spend: Cells, or means of cells, that must have cost the same.
        cells: By name.
        parts: By name.
    """

    hypothesis: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    equal: dict[str, str] = field(default_factory=dict)
    spend: list[str] = field(default_factory=list)
    cells: dict[str, CellNode] = field(default_factory=dict)
    parts: dict[str, PartNode] = field(default_factory=dict)
