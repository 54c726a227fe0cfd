"""The Kubernetes API of one cluster, without its transport: requests in, answers or streams out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial

from wizard.sandbox.faults import Broken, strike, strike_after
from wizard.sandbox.request_log import CallKind

from . import access, bodies, discovery, granting, impersonation, reviews, selectors, tables, watching
from .exchange import Asked, Reply, number, text
from .identities import Ask
from .kinds import BINDINGS, REVIEWS, ROLES, SELF_REVIEWS, Object
from .objects import PATCHES, Objects
from .parts import Parts
from .paths import TRUE, Target, is_elsewhere, target
from .pods import Pods
from .requester import Requester, Wish
from .service_account_tokens import discovery as issuer_discovery
from .state import KubernetesState
from .status import ApiError, bad_request, no_such_path, not_here, unsupported_media

APPLY = ("application/apply-patch+yaml", "application/apply-patch+cbor")
HEALTH = ("/healthz", "/livez", "/readyz")
NOT_SERVED = ("configz", "debug", "flagz", "logs", "metrics", "statusz")
"""What API servers tell of themselves, and the sandbox does not."""
SERVICE = "kubernetes"
"""How the request log and the faults of a scenario call this API."""


class KubernetesApi:
    """Answers the requests to one cluster."""

    def __init__(self, state: KubernetesState, ask: Ask) -> None:
        self.state = state
        self.pods = Pods(state, ask)
        self.objects = Objects(state, self.pods)
        self._parts = Parts(state, self.objects, self.pods)

    async def answer(self, asked: Asked) -> Reply:
        """Answer a request; refusals are answers too. Every call is logged."""
        caller, kind, status = "", _access(asked.method, asked.path), 500
        try:
            await self._stall(asked)
            who = access.authenticate(self.state, asked.headers.get("authorization", ""))
            caller = who.google.member if who.google is not None else who.username
            reply = self._perform(asked, impersonation.acting(self.state, who, asked.headers))
            status = reply.status
            await strike_after(partial(self._note, asked))
            return reply
        except ApiError as error:
            status = error.code
            return Reply(error.code, error.body())
        except Broken:
            status = 0
            raise
        finally:
            path = asked.path
            self.state.world.log.write(
                caller=caller, service=SERVICE, method=asked.method, path=path, status=status, kind=kind
            )

    async def _stall(self, asked: Asked) -> None:
        fault = self.state.world.faults.match(SERVICE, f"{asked.method} {asked.path}")
        if self.state.world.settings.latency > 0:
            await asyncio.sleep(self.state.world.settings.latency)
        await strike(fault, partial(self._note, asked))
        if fault is not None and fault.status is not None:
            message = fault.message or "The call failed, as the scenario asks for."
            raise ApiError(fault.status, fault.code or "InternalError", message)

    def _note(self, asked: Asked, what: str) -> None:
        self.state.world.log.note(SERVICE, f"{asked.method} {asked.path}", what)

    def _perform(self, asked: Asked, who: Requester) -> Reply:
        if asked.method == "GET" and (document := self._about_itself(asked)) is not None:
            return Reply(200, document)
        if asked.method == "GET" and asked.path in HEALTH:
            return text(b"ok")
        if not asked.path.startswith(("/api/", "/apis/")):
            self._refuse_other_path(asked, who)
        wanted = target(asked.method, asked.path, asked.query)
        if wanted.kind not in SELF_REVIEWS:
            access.require(self.state, who, wanted.wish())
        if is_elsewhere(wanted):
            plural = wanted.kind.plural
            raise not_here(f"{plural}/{wanted.subresource}" if wanted.subresource else f"way to {wanted.verb} {plural}")
        if wanted.kind in REVIEWS:
            review = bodies.typed(wanted.kind, bodies.read(asked.media, asked.body), "Ignore")[0]
            return Reply(201, reviews.answer(self.state, wanted.kind, who, review, wanted.namespace))
        self.objects.settle()
        if wanted.subresource:
            return self._parts.answer(asked, wanted)
        handler: Callable[[Asked, Target], Reply] = getattr(self, f"_{wanted.verb}")
        if wanted.kind in (*ROLES, *BINDINGS) and wanted.verb in ("create", "update", "patch"):
            # What it would grant is known once it is complete, and nothing may be stored before that is checked.
            tried = handler(replace(asked, query={**asked.query, "dryRun": "All"}), wanted)
            assert tried.body is not None
            granting.check_escalation(self.state, wanted.kind, who, tried.body)
        return handler(asked, wanted)

    def _refuse_other_path(self, asked: Asked, who: Requester) -> None:
        """Refuse a path that is about no resource (ApiError 403, 404, or 501 for what API servers have)."""
        access.require(self.state, who, Wish(asked.method.lower(), "", "", path=asked.path))
        raise not_here(asked.path) if asked.path.split("/")[1] in NOT_SERVED else no_such_path()

    def _about_itself(self, asked: Asked) -> Object | None:
        path = asked.path
        if path == "/.well-known/openid-configuration":
            return issuer_discovery(self.state)
        if path == "/openid/v1/jwks":
            return self.state.keys.jwks()
        return discovery.find(path, asked.headers.get("accept", ""))

    def _get(self, asked: Asked, wanted: Target) -> Reply:
        found = self.objects.get(wanted)
        return Reply(200, self._shown(asked, wanted, [found]) or found)

    def _list(self, asked: Asked, wanted: Target) -> Reply:
        test = _selected(asked)
        items = self.objects.all(wanted.kind, wanted.namespace, test)
        kind, version = wanted.kind, str(self.state.store.version)
        listed = {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": {"resourceVersion": version}}
        return Reply(200, self._shown(asked, wanted, items) or {**listed, "items": items})

    def _watch(self, asked: Asked, wanted: Target) -> Reply:
        test = _selected(asked)
        begin = number(asked.query.get("resourceVersion"), "resourceVersion") or None
        seconds = number(asked.query.get("timeoutSeconds"), "timeoutSeconds") or watching.LONGEST
        if begin is not None:
            self.state.store.since(begin)  # too old: said before the stream begins

        def is_wanted(item: Object) -> bool:
            return wanted.namespace in ("", item["metadata"].get("namespace", "")) and test(item)

        async def lines() -> AsyncIterator[bytes]:
            self.objects.settle()  # of what changed before there was a watcher
            async for type_, item in watching.changes(self.state.store, wanted.kind, begin, is_wanted, seconds):
                shown = self._shown(asked, wanted, [item]) or item
                yield json.dumps({"type": type_, "object": shown}).encode() + b"\n"

        return Reply(200, stream=lines())

    def _create(self, asked: Asked, wanted: Target) -> Reply:
        item, warnings = self._item(asked, wanted)
        return Reply(201, self.objects.create(wanted, item, asked.manager, asked.dry_run), warnings=warnings)

    def _update(self, asked: Asked, wanted: Target) -> Reply:
        item, warnings = self._item(asked, wanted)
        return Reply(200, self.objects.update(wanted, item, asked.manager, asked.dry_run), warnings=warnings)

    def _patch(self, asked: Asked, wanted: Target) -> Reply:
        if asked.media in APPLY:
            return self._apply(asked, wanted)
        if asked.media not in PATCHES:
            raise unsupported_media(asked.media, [*PATCHES, APPLY[0]])
        patch = bodies.parse(asked.body)
        return Reply(200, self.objects.patch(wanted, asked.media, patch, asked.manager, asked.dry_run))

    def _apply(self, asked: Asked, wanted: Target) -> Reply:
        if not asked.query.get("fieldManager"):
            raise bad_request(
                "PatchOptions.meta.k8s.io is invalid: fieldManager: Required value: is required for apply patch"
            )
        item, warnings = self._item(asked, wanted, bodies.YAML)
        force = asked.query.get("force") in TRUE
        applied, new = self.objects.apply(wanted, item, asked.manager, force, asked.dry_run)
        return Reply(201 if new else 200, applied, warnings=warnings)

    def _delete(self, asked: Asked, wanted: Target) -> Reply:
        return Reply(200, self.objects.delete(wanted, self._options(asked)))

    def _deletecollection(self, asked: Asked, wanted: Target) -> Reply:
        test, options = _selected(asked), self._options(asked)
        items = self.objects.all(wanted.kind, wanted.namespace, test)
        for item in items:
            metadata = item["metadata"]
            self.objects.delete(Target("delete", wanted.kind, metadata.get("namespace", ""), metadata["name"]), options)
        return Reply(200, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})

    def _item(self, asked: Asked, wanted: Target, media: str | None = None) -> tuple[Object, list[str]]:
        item = bodies.read(media or asked.media, asked.body)
        return bodies.typed(wanted.kind, item, asked.query.get("fieldValidation", "Warn"))

    def _options(self, asked: Asked) -> Object:
        """The options of a DELETE; its body may be missing."""
        options = bodies.read(asked.media, asked.body) if asked.body else {}
        return {**options, "dryRun": ["All"]} if asked.dry_run else options

    def _shown(self, asked: Asked, wanted: Target, items: list[Object]) -> Object | None:
        """The objects, as a table if the caller accepts one."""
        if not tables.wanted(asked.headers.get("accept", "")):
            return None
        include = asked.query.get("includeObject", "Metadata")
        version, now = str(self.state.store.version), self.state.world.clock()
        return tables.table(wanted.kind, items, version, now, include)


def _selected(asked: Asked) -> Callable[[Object], bool]:
    by_labels = selectors.by_labels(asked.query.get("labelSelector", ""))
    by_fields = selectors.by_fields(asked.query.get("fieldSelector", ""))
    return lambda item: by_labels(item) and by_fields(item)


def _access(method: str, path: str) -> CallKind:
    """Reviews and tokens change nothing in the cluster, so they count as reads."""
    asks = path.endswith("/token") or path.rpartition("/")[2] in [each.plural for each in REVIEWS]
    return "read" if method == "GET" or asks else "write"
