"""Jobs of flows: publish an uploaded document, validate, export."""

from __future__ import annotations

from ringback.platform import errors, transfers
from ringback.platform.call import Call
from ringback.platform.flows import jobs
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body

routes = Routes()
_BASE = "/api/v2/flows"
MAX_FLOWS = 50  # of one validate or export job; named in docs/limits.md


@routes.post(f"{_BASE}/jobs")
def register(call: Call) -> object:
    """A publish job: upload the document to `presignedUrl`, then read the job."""
    sent = call.body if isinstance(call.body, dict) else {}
    job = jobs.register(call, stubs=bool(sent.get("createStubs")))
    call.audit("Create", {"id": job["id"], "name": "Publish"}, entity_type="FlowJob", service="Architect")
    return job


@routes.get(f"{_BASE}/jobs/{{jobId}}")
def read_job(call: Call) -> object:
    """A publish job; messages with `expand=messages`."""
    return _seen(call, jobs.PUBLISH)


@routes.post(f"{_BASE}/validate/jobs", mode="free")
def validate(call: Call) -> object:
    """Validate flows that are there."""
    asked = _asked(call)
    job = jobs.validate(call, call.services.store.read(), asked=asked)
    with call.services.store.write() as tx:
        tx.add(jobs.VALIDATE, job)
        _note(call.enter(tx), job)
    return _registered(job, asked)


@routes.get(f"{_BASE}/validate/jobs/{{jobId}}")
def read_validation(call: Call) -> object:
    """A validation job; messages with `expand=messages`."""
    return _seen(call, jobs.VALIDATE)


@routes.post(f"{_BASE}/export/jobs")
def export(call: Call) -> object:
    """Export flows as Archy YAML, or as the Architect export that they came as."""
    asked = _asked(call)
    job = jobs.export(call, asked=asked)
    call.tx.add(jobs.EXPORT, job)
    _note(call, job)
    # The provider takes every other word than these three for an error, so not Registered.
    return _registered(job, asked) | {"status": "Started"}


@routes.get(f"{_BASE}/export/jobs/{{jobId}}")
def read_export(call: Call) -> object:
    """An export job; `downloadUrl` is absolute and needs no token."""
    job = call.store.need(jobs.EXPORT, call.path["jobId"])
    seen = jobs.view(job, messages="messages" in call.listed("expand"))
    return seen | ({"downloadUrl": transfers.download_url(call, job["_file"])} if "_file" in job else {})


def _seen(call: Call, kind: str) -> Body:
    job = call.store.need(kind, call.path["jobId"])
    return jobs.view(job, messages="messages" in call.listed("expand"))


def _asked(call: Call) -> list[Body]:
    asked: list[Body] = call.object()["flows"]
    if not 1 <= len(asked) <= MAX_FLOWS:
        raise errors.bad_request(f"A job takes 1 to {MAX_FLOWS} flows.", field="flows")
    return asked


def _note(call: Call, job: Body) -> None:
    entity = {"id": job["id"], "name": job["command"]}
    call.audit("Create", entity, entity_type="FlowJob", service="Architect")


def _registered(job: Body, asked: list[Body]) -> Body:
    return {"id": job["id"], "status": job["status"], "totalFlows": len(asked), "selfUri": job["selfUri"]}
