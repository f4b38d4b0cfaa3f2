"""findQueue, findUser, findQueueById and their siblings: look a thing of the organisation up."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Field, FlowFault, Getter, Next, Step


def _wanted(run: Any, key: Getter, *, field: str) -> Any:
    """The name or id to look for; NOT_SET is a flow error, or None by policy."""
    value = key(run)
    if value is None and run.services.policy("find_name_not_set") == "flow_error":
        raise FlowFault("NOT_SET_OPERAND", f"{field} is not set")
    return value


def _build(b: Builder, *, kind: str, by: str) -> Step:
    field = "findId" if by == "id" else "findName"
    key, store = b.value(field, "str"), b.writes("findResult")
    found, missing = b.exit("found"), b.exit("notFound")

    def begin(run: Any) -> Next:
        name = _wanted(run, key, field=field)
        entity = run.services.find(kind, name, by) if name else None
        if entity is None and run.services.policy("find_not_found") == "unchanged":
            return missing
        if store is not None:
            store(run, entity)
        return found if entity is not None else missing

    return Step(begin)


def _build_several(b: Builder) -> Step:
    """One entry for each id, NOT_SET where nobody has it."""
    keys, store = b.value("findId", "str_coll"), b.writes("findResult")
    exits = {name: b.exit(name) for name in ("found", "partiallyFound", "notFound")}

    def begin(run: Any) -> Next:
        ids = _wanted(run, keys, field="findId") or ()
        users = tuple(run.services.find("usr", key, "id") if key else None for key in ids)
        good = sum(user is not None for user in users)
        if not good and run.services.policy("find_not_found") == "unchanged":
            return exits["notFound"]
        if store is not None:
            store(run, users)
        return exits["notFound" if not good else "found" if good == len(users) else "partiallyFound"]

    return Step(begin)


def _find(key: str, title: str, *, kind: str, by: str = "name") -> ActionType:
    field = "findId" if by == "id" else "findName"
    what = "id" if by == "id" else "user name or name" if kind == "usr" else "name"
    return ActionType(
        key=key,
        title=title,
        about=f"Looks one up by its {what}: Found or Not Found.",
        build=lambda b: _build(b, kind=kind, by=by),
        fields=(
            Field(field, "str", required=True, about=f"The {what}."),
            Field("findResult", kind, "writes", about="Where it goes."),
        ),
        outputs=("found", "notFound"),
        policies=("find_not_found", "find_name_not_set"),
        source=f"scripting SDK: Action{key[:1].upper()}{key[1:]}",
    )


FINDS = (
    _find("findEmergencyGroup", "Find Emergency Group", kind="emg"),
    _find("findGrammar", "Find Grammar", kind="gmr"),
    _find("findGrammarById", "Find Grammar by Id", kind="gmr", by="id"),
    _find("findGroup", "Find Group", kind="grp"),
    _find("findLanguageSkill", "Find Language Skill", kind="lac"),
    _find("findQueue", "Find Queue", kind="que"),
    _find("findQueueById", "Find Queue by Id", kind="que", by="id"),
    _find("findSchedule", "Find Schedule", kind="sch"),
    _find("findScheduleGroup", "Find Schedule Group", kind="sqg"),
    _find("findSkill", "Find Skill", kind="skl"),
    _find("findSystemPrompt", "Find System Prompt", kind="pmt"),
    _find("findUser", "Find User", kind="usr"),
    _find("findUserById", "Find User by Id", kind="usr", by="id"),
    _find("findUserPrompt", "Find User Prompt", kind="pmt"),
    _find("findUtilizationLabel", "Find Utilization Label", kind="utl"),
)
FIND_USERS_BY_ID = ActionType(
    key="findUsersById",
    title="Find Users by Id",
    about="Looks several users up; the result has one entry for each id, NOT_SET where nobody has it.",
    build=_build_several,
    fields=(
        Field("findId", "str_coll", required=True, about="The ids."),
        Field("findResult", "usr_coll", "writes", about="Where they go."),
    ),
    outputs=("found", "partiallyFound", "notFound"),
    policies=("find_not_found", "find_name_not_set"),
    source="scripting SDK: ActionFindUsersById",
)
