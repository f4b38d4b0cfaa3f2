"""Errors of the local Platform API: one body shape for every refusal.

Shape and codes are those of the real platform's `ErrorBody`; a handler raises an `ApiError`, the
dispatcher adds `contextId` and writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class ApiError(Exception):
    """A refusal that the caller sees.

    Attributes:
        status: HTTP status.
        code: stable code such as `not.found`.
        message: one sentence; with `params` filled in.
        template: the sentence with `{name}` holes, sent as `messageWithParams`.
        params: what fills the holes, sent as `messageParams`.
        details: list of `{errorCode, fieldName, entityId, entityName}`.
        headers: further response headers such as Retry-After.
    """

    def __init__(self, status: int, code: str, template: str, **params: object) -> None:
        self.params = {name: str(value) for name, value in params.items()}
        message = template.format_map(self.params) if self.params else template
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.template = template
        self.details: list[dict[str, str]] = []
        self.headers: dict[str, str] = {}
        self.extra: dict[str, Any] = {}

    def with_details(self, details: Iterable[Mapping[str, str]]) -> ApiError:
        """The same error with more details."""
        self.details += [dict(detail) for detail in details]
        return self

    def with_headers(self, headers: Mapping[str, str]) -> ApiError:
        """The same error with more response headers."""
        self.headers |= headers
        return self

    def with_extra(self, **extra: object) -> ApiError:
        """The same error with further keys in its body, such as `entityId`."""
        self.extra |= extra
        return self

    def body(self, correlation_id: str) -> dict[str, Any]:
        """The `ErrorBody`."""
        body: dict[str, Any] = {
            "message": self.message,
            "code": self.code,
            "status": self.status,
            "contextId": correlation_id,
            "details": self.details,
            "errors": [],
        }
        if self.params:
            body |= {"messageWithParams": self.template, "messageParams": self.params}
        return body | self.extra


def bad_request(message: str, *, field: str = "", code: str = "bad.request") -> ApiError:
    """400; `field` is the dotted path of the wrong field."""
    error = ApiError(400, code, message.replace("{", "{{").replace("}", "}}"))
    error.message = error.template = message
    return error.with_details([{"errorCode": code, "fieldName": field}]) if field else error


def authentication_required() -> ApiError:
    """401 without a bearer token."""
    return ApiError(
        401, "authentication.required", "No authentication bearer token specified in authorization header."
    )


def bad_credentials() -> ApiError:
    """401 for a token that nobody gave out."""
    return ApiError(401, "bad.credentials", "Invalid login credentials.")


def expired_credentials() -> ApiError:
    """401 for a token past its lifetime."""
    return ApiError(401, "credentials.expired", "The supplied credentials are expired and cannot be used.")


def missing_permissions(names: Sequence[str], *, any_of: bool) -> ApiError:
    """403 that names the permissions; `any_of`: one of them would do."""
    if any_of and len(names) > 1:
        return ApiError(
            403,
            "missing.any.permissions",
            "Unable to perform the requested action. You must have at least one of the following permissions "
            "assigned: {permissions}",
            permissions=", ".join(names),
        )
    return ApiError(
        403,
        "missing.permissions",
        "Unable to perform the requested action. You are missing the following permission(s): {permissions}",
        permissions=", ".join(names),
    )


def not_found(kind: str = "", entity_id: str = "") -> ApiError:
    """404; kind and id go into `entityName` and `entityId`."""
    error = ApiError(404, "not.found", "The requested resource was not found.")
    return error.with_extra(entityName=kind, entityId=entity_id) if kind else error


def gone(entity_id: str) -> ApiError:
    """410: it was there and was deleted (flows answer so)."""
    return ApiError(410, "gone", "The requested resource was deleted.").with_extra(entityId=entity_id)


def conflict(message: str, *, code: str = "conflict") -> ApiError:
    """409: a version, a lock or a name stands against it."""
    error = ApiError(409, code, "")
    error.args = (message,)
    error.message = error.template = message
    return error


def version_conflict(sent: object, current: object) -> ApiError:
    """409: somebody else wrote in between."""
    return ApiError(
        409,
        "version.conflict",
        "The version {sent} does not match the current version {current}. "
        "Read the resource again and repeat the change.",
        sent=sent,
        current=current,
    )
