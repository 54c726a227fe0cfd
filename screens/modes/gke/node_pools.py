"""The node pools of a cluster at a glance: nodes, metadata mode, and which are to be switched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from screens.widgets.field import Field
from screens.widgets.pick_list import Pick, PickList

if TYPE_CHECKING:
    from textual.widget import Widget

    from wizard.modes.gke.clusters import ClusterSeen, NodePoolSeen
    from wizard.setup.question import Value

_TYPED = "Their names, with spaces between. Leave it empty for an Autopilot cluster."
_ALWAYS = "Workload Identity Federation for GKE is always on there, on every node. There is nothing to switch."


class NodePoolsField(Field):
    """Rows to choose from once the cluster was read; a line to type names into where it cannot be read."""

    _cluster: ClusterSeen | None = None

    def compose_control(self) -> ComposeResult:
        """The rows, a line, and what they mean."""
        yield PickList()
        yield Input(compact=True, select_on_focus=False, classes="field-input", placeholder="default-pool batch-pool")
        yield Static("", classes="node-pools--about", markup=False)

    @property
    def control(self) -> Widget:
        """The rows, or the line."""
        rows = self.query_one(PickList)
        return rows if rows.display else self.query_one(Input)

    def see(self, cluster: ClusterSeen | None) -> None:
        """The cluster that is chosen, if it was read."""
        self._cluster = cluster
        self.update_answer()

    def update_answer(self) -> None:
        """Rows and remarks follow from the cluster."""
        self.show_value(self.answers.get(self.question.path))
        super().update_answer()

    def show_value(self, value: Value | None) -> None:
        """The names chosen."""
        chosen = value if isinstance(value, tuple) else ()
        seen = self._cluster
        autopilot = seen is not None and seen.autopilot
        self.query_one(PickList).show([_row(each, each.name in chosen) for each in seen.node_pools] if seen else [])
        if autopilot:
            self.query_one(PickList).display = False
        line = self.query_one(Input)
        line.display = seen is None
        if not line.has_focus:
            with self.prevent(Input.Changed):
                line.value = " ".join(str(each) for each in chosen)
        about = self.query_one(".node-pools--about", Static)
        about.update(Content(_TYPED) if seen is None else _about(seen, chosen))

    def _source(self) -> str:
        found = self.answers.found(self.question.path)
        return f"chosen for now: {found.source}" if found else ""

    @on(PickList.Toggled)
    def _toggled(self, event: PickList.Toggled) -> None:
        event.stop()
        now = self.answers.get(self.question.path)
        chosen = list(now) if isinstance(now, tuple) else []
        if event.key in chosen:
            chosen.remove(event.key)
        else:
            chosen.append(event.key)
        self.answer(tuple(str(each) for each in chosen))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.answer(tuple(event.value.replace(",", " ").split()))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.done()


def _row(pool: NodePoolSeen, chosen: bool) -> Pick:
    nodes = f"{pool.nodes} node" if pool.nodes == 1 else f"{pool.nodes} nodes"
    becomes = ("  in place", "$text-success") if pool.switched else (" -> GKE_METADATA", "$text-warning")
    tail = becomes if chosen else ("  stays", "$text-muted")
    says = Content.assemble((f"{pool.name:<14}", "bold"), f" {nodes:<9}", (pool.mode or "not set", "$text-muted"), tail)
    return Pick(pool.name, says, chosen)


def _about(cluster: ClusterSeen, chosen: tuple[object, ...]) -> Content:
    """What the choice means for the nodes, and for pods elsewhere."""
    if cluster.autopilot:
        return Content(f"An Autopilot cluster in {cluster.location}. {_ALWAYS}")
    switching = [each for each in cluster.node_pools if each.name in chosen and not each.switched]
    left = [each for each in cluster.node_pools if each.name not in chosen and not each.switched]
    pool = f"workload identity pool {cluster.pool}" if cluster.pool else "its workload identity pool is off"
    lines = [Content.styled(f"A {cluster.kind} cluster in {cluster.location}; {pool}.", "$text-muted")]
    if switching:
        count = sum(each.nodes for each in switching)
        lines.append(
            Content.assemble(
                ("! ", "$text-warning"),
                f"{count} {'node is' if count == 1 else 'nodes are'} made anew, a few at a time, and the pods on them "
                "move. That is asked about again before it is done.",
            )
        )
    if left:
        names = ", ".join(each.name for each in left)
        lines.append(
            Content.styled(f"· Pods that land on {names} go on acting as the nodes' service account.", "$text-muted")
        )
    return Content("\n").join(lines)
