"""A field for the node pools of a cluster: their nodes, their metadata mode, and which of them to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from screens.widgets.field import Field
from screens.widgets.pick_list import Pick, PickList
from wizard.columns import left
from wizard.language import _

if TYPE_CHECKING:
    from textual.widget import Widget

    from wizard.modes.gke.clusters import ClusterSeen, NodePoolSeen
    from wizard.setup.question import Value

_TYPED = "Enter the node pool names, separated by spaces. Leave the field empty for an Autopilot cluster."
_ALWAYS = "Autopilot always enables Workload Identity Federation for GKE on all nodes. No change is necessary."


class NodePoolsField(Field):
    """Shows a row for each node pool, or a line to type names if the cluster could not be read."""

    _cluster: ClusterSeen | None = None

    def compose_control(self) -> ComposeResult:
        """Yield the rows, the line, and the effect of the choice."""
        yield PickList()
        yield Input(compact=True, select_on_focus=False, classes="field-input", placeholder="default-pool batch-pool")
        yield Static("", classes="node-pools--about", markup=False)

    @property
    def control(self) -> Widget:
        """The widget that takes the focus: the rows or the line."""
        rows = self.query_one(PickList)
        return rows if rows.display else self.query_one(Input)

    def show_cluster(self, cluster: ClusterSeen | None) -> None:
        """Show the node pools of this cluster; None means that it was not read."""
        self._cluster = cluster
        self.update_answer()

    def update_answer(self) -> None:
        """Show the current value, and the effect of the choice."""
        self.show_value(self.answers.get(self.question.path))
        super().update_answer()

    def show_value(self, value: Value | None) -> None:
        """Show the chosen node pools."""
        chosen = value if isinstance(value, tuple) else ()
        cluster = self._cluster
        pools = cluster.node_pools if cluster else ()
        self.query_one(PickList).show([_row(pool, pool.name in chosen) for pool in pools])
        if cluster is not None and cluster.autopilot:
            self.query_one(PickList).display = False
        line = self.query_one(Input)
        line.display = cluster is None
        if not line.has_focus:
            with self.prevent(Input.Changed):
                line.value = " ".join(str(name) for name in chosen)
        about = self.query_one(".node-pools--about", Static)
        about.update(Content(_(_TYPED)) if cluster is None else _about(cluster, chosen))

    def _source(self) -> str:
        default = self.answers.found(self.question.path)
        return _("default: {source}").format(source=default.source) if default else ""

    @property
    def _windows(self) -> set[str]:
        """The names of the node pools that cannot have the metadata server."""
        return {pool.name for pool in self._cluster.node_pools if pool.windows} if self._cluster else set()

    def _is_chosen(self, name: str) -> bool:
        value = self.answers.get(self.question.path)
        return isinstance(value, tuple) and name in value

    @on(PickList.Toggled)
    def _on_toggled(self, event: PickList.Toggled) -> None:
        event.stop()
        if event.key in self._windows and not self._is_chosen(event.key):
            return
        value = self.answers.get(self.question.path)
        chosen = list(value) if isinstance(value, tuple) else []
        if event.key in chosen:
            chosen.remove(event.key)
        else:
            chosen.append(event.key)
        self.answer(tuple(str(name) for name in chosen))

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.answer(tuple(event.value.replace(",", " ").split()))

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.done()


def _row(pool: NodePoolSeen, chosen: bool) -> Pick:
    nodes = _("1 node") if pool.nodes == 1 else _("{count} nodes").format(count=pool.nodes)
    if pool.windows:
        effect = ("  " + _("Windows: no GKE metadata server"), "$text-error" if chosen else "$text-muted")
    elif not chosen:
        effect = ("  " + _("no change"), "$text-muted")
    elif pool.switched:
        effect = ("  " + _("in place"), "$text-success")
    else:
        effect = (" -> GKE_METADATA", "$text-warning")
    mode = (pool.mode or _("not set"), "$text-muted")
    text = Content.assemble((f"{pool.name:<14}", "bold"), f" {left(nodes, 9)}", mode, effect)
    return Pick(pool.name, text, chosen, mark="" if chosen or not pool.windows else "   ")


def _about(cluster: ClusterSeen, chosen: tuple[object, ...]) -> Content:
    """Return the effect of the choice on nodes and pods."""
    if cluster.autopilot:
        return Content(
            _("This Autopilot cluster is in {location}. {always}").format(location=cluster.location, always=_(_ALWAYS))
        )
    unswitched = [pool for pool in cluster.node_pools if not pool.switched]
    changing = [pool for pool in unswitched if pool.name in chosen and not pool.windows]
    others = [pool.name for pool in unswitched if pool.name not in chosen]
    if cluster.pool:
        text = _("This {kind} cluster in {location} has the workload identity pool {pool}.").format(
            kind=cluster.kind, location=cluster.location, pool=cluster.pool
        )
    else:
        text = _("This {kind} cluster in {location} has no workload identity pool.").format(
            kind=cluster.kind, location=cluster.location
        )
    lines = [Content.styled(text, "$text-muted")]
    if changing:
        lines.append(Content.assemble(("! ", "$text-warning"), _recreated(sum(pool.nodes for pool in changing))))
    if others:
        names = ", ".join(others)
        text = _("· Pods on {names} will continue to act as their nodes' service account.").format(names=names)
        lines.append(Content.styled(text, "$text-muted"))
    return Content("\n").join(lines)


def _recreated(nodes: int) -> str:
    if nodes == 1:
        return _("GKE recreates 1 node, and the node's pods move. You will be asked to confirm this change.")
    return _(
        "GKE recreates {nodes} nodes, a few at a time, and the nodes' pods move. You will be asked "
        "to confirm this change."
    ).format(nodes=nodes)
