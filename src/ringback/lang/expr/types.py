"""The types of Architect's expression language: codes, names, properties, kinds in YAML, constants.

A type is its three-letter code as Architect stores it (`str`, `int`, `que`, `cpx_email`), `_coll` behind
it for a collection. Codes of types that came after the public SDK 0.0.18 and that no public flow shows are
ours; they are marked in `TYPES` by `public=False`. JSON with a declared schema (`jsn__architect::Name`)
behaves as `jsn`, see `base`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

STRING, INTEGER, DECIMAL, BOOLEAN = "str", "int", "dec", "bln"
DATETIME, DATE, TIME, DURATION = "dtm", "dat", "tim", "dur"
CURRENCY, PHONE, JSON = "cur", "phn", "jsn"
AUDIO, PROMPT, COMMUNICATION, AUDIO_OR_PROMPT = "aud", "pmt", "com", "apa"
NOT_SET, ANY = "nul", "any"
COLLECTION = "_coll"

# Integer holds 15 digits; a Duration the same number of milliseconds (scripting SDK, data types).
MIN_INTEGER, MAX_INTEGER = -999_999_999_999_999, 999_999_999_999_999


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """One type.

    Attributes:
        code: Architect's code.
        name: as Expression Help writes it.
        kind: name in Archy's YAML (`<kind>Variable`, updateData's `<kind>:`); "" when it cannot be declared.
        group: what its raw value is: "simple", "speech", "entity", "enum" (a member) or "container".
        public: whether code and name were seen in a public source.
    """

    code: str
    name: str
    kind: str = ""
    group: str = "simple"
    public: bool = True


# code: (name, kind in YAML). The order is the order in the documentation.
_SIMPLE = {
    "str": ("String", "string"),
    "int": ("Integer", "integer"),
    "dec": ("Decimal", "decimal"),
    "bln": ("Boolean", "boolean"),
    "dtm": ("DateTime", "dateTime"),
    "dat": ("Date", "date"),
    "tim": ("Time", "time"),
    "dur": ("Duration", "duration"),
    "cur": ("Currency", "currency"),
    "phn": ("PhoneNumber", "phoneNumber"),
    "jsn": ("JSON", "json"),
    "nul": ("NOT_SET", ""),
    "any": ("Any", ""),
}
_SPEECH = {
    "aud": ("Audio", "audio"),
    "pmt": ("Prompt", "prompt"),
    "com": ("Communication", "communication"),
    "apa": ("Audio or Prompt", ""),
}
_ENTITIES = {
    "que": ("Queue", "queue"),
    "usr": ("User", "user"),
    "grp": ("Group", "group"),
    "skl": ("Skill", "skill"),
    "lac": ("LanguageSkill", "languageSkill"),
    "wrc": ("WrapupCode", "wrapupCode"),
    "sch": ("Schedule", "schedule"),
    "sqg": ("ScheduleGroup", "scheduleGroup"),
    "emg": ("EmergencyGroup", "emergencyGroup"),
    "gmr": ("Grammar", "grammar"),
    "cnl": ("ContactList", "contactList"),
    "con": ("Contact", "contact"),
    "cam": ("Campaign", "campaign"),
    "kbd": ("KnowledgeBaseDocument", "knowledgeBaseDocument"),
    "sfo": ("SurveyForm", "surveyForm"),
    "img": ("Image", "image"),
    "tsl": ("Timeslot", "timeslot"),
    "utl": ("UtilizationLabel", "utilizationLabel"),
    "wbn": ("Workbin", "workbin"),
    "jse": ("JourneySession", "journeySession"),
    "joc": ("JourneyOutcome", "journeyOutcome"),
    "jsg": ("JourneySegment", "journeySegment"),
    "cpx_workitem": ("Workitem", "workitem"),
    "cpx_worktype_status": ("WorktypeStatus", "worktypeStatus"),
    "cpx_email": ("Email", "email"),
    "cpx_email_address": ("EmailAddress", "emailAddress"),
    "cpx_email_attachment": ("EmailAttachment", "emailAttachment"),
    "cpx_short_message": ("ShortMessage", "shortMessage"),
    "cpx_chat_guest": ("ChatGuest", "chatGuest"),
    "cpx_string_key_value_pair": ("StringKeyValuePair", "stringKeyValuePair"),
    "cpx_agent_score_pair": ("AgentScorePair", "agentScorePair"),
    "cpx_external_contact": ("ExternalContact", "externalContact"),
    "cpx_external_organization": ("ExternalOrganization", "externalOrganization"),
    "cpx_external_address": ("ExternalAddress", "externalAddress"),
    "cpx_external_phone_number": ("ExternalPhoneNumber", "externalPhoneNumber"),
    "cpx_external_facebook_info": ("ExternalFacebookInfo", "externalFacebookInfo"),
    "cpx_external_facebook_id": ("ExternalFacebookId", "externalFacebookId"),
    "cpx_external_line_info": ("ExternalLineInfo", "externalLineInfo"),
    "cpx_external_line_id": ("ExternalLineId", "externalLineId"),
    "cpx_external_twitter_info": ("ExternalTwitterInfo", "externalTwitterInfo"),
}
# Parts of messages that a digital flow builds; they occur in documents, not in expressions.
_PARTS = {
    "crs": "Carousel",
    "crd": "Card",
    "qrl": "QuickReplies",
    "chc": "Choice",
    "chs": "Chooser",
    "tpk": "TimePicker",
    "lpk": "ListPicker",
    "lps": "ListPickerSection",
    "lpi": "ListPickerItem",
}
_ENUMS = {
    "daf": "Date Format Enum",
    "tif": "Time Format Enum",
    "dtf": "DateTime Format Enum",
    "bof": "Bool Format Enum",
    "cuf": "Currency Format Enum",
    "nuf": "Number Format Enum",
    "phf": "Phone Number Format Enum",
    "stf": "String Format Enum",
    "tpf": "Time Part Enum",
    "lne": "Language Context Enum",
    "cre": "Currency Enum",
    "lge": "Language Enum",
    "rge": "Region Enum",
}
_CONTAINERS = {
    "dac": "Date Format Enum Container",
    "tic": "Time Format Enum Container",
    "blc": "Bool Format Enum Container",
    "cuc": "Currency Format Enum Container",
    "nuc": "Number Format Enum Container",
    "phc": "Phone Number Format Enum Container",
    "stc": "String Format Enum Container",
    "tpc": "Time Part Enum Container",
    "lqc": "Language Quantity Enum Container",
    "lcc": "Language Case Enum Container",
    "lgc": "Language Gender Enum Container",
    "cec": "Currencies Enum Container",
    "lnc": "Languages Enum Container",
    "rec": "Regions Enum Container",
    "dlc": "DateTime Enum Container",
    "dwc": "Day of Week Enum Container",
}
_OURS = frozenset(("sch", "emg", "utl", "wbn", "jse", "joc", "jsg"))


def _types() -> dict[str, TypeInfo]:
    found = {code: TypeInfo(code, *row) for code, row in _SIMPLE.items()}
    found |= {code: TypeInfo(code, *row, group="speech") for code, row in _SPEECH.items()}
    found |= {code: TypeInfo(code, *row, "entity", code not in _OURS) for code, row in _ENTITIES.items()}
    found |= {code: TypeInfo(code, name, "", "entity") for code, name in _PARTS.items()}
    found |= {code: TypeInfo(code, name, "", "enum") for code, name in _ENUMS.items()}
    return found | {code: TypeInfo(code, name, "", "container") for code, name in _CONTAINERS.items()}


TYPES: Mapping[str, TypeInfo] = MappingProxyType(_types())
_BY_KIND = {info.kind.lower(): code for code, info in TYPES.items() if info.kind} | {
    "acdskill": "skl",
    "languageskill": "lac",
    "phone": "phn",
}


def base(code: str) -> str:
    """The code without a JSON schema's name: `jsn__architect::Order` -> `jsn`, collections alike."""
    if not code.startswith("jsn__"):
        return code
    return "jsn_coll" if code.endswith(COLLECTION) else "jsn"


def is_collection(code: str) -> bool:
    """Whether the code means a collection."""
    return code.endswith(COLLECTION)


def collection_of(code: str) -> str:
    """The collection of a type; a collection stays itself."""
    return code if is_collection(code) else code + COLLECTION


def item_of(code: str) -> str:
    """The type of a collection's items; a single type stays itself."""
    return code.removesuffix(COLLECTION)


def group_of(code: str) -> str:
    """What the raw value is: simple, speech, entity, enum, container; unknown codes are entities."""
    info = TYPES.get(base(item_of(code)))
    return info.group if info else "entity"


def display_name(code: str) -> str:
    """The name as Expression Help writes it.

    >>> display_name("int_coll"), display_name("cpx_external_contact")
    ('Integer Collection', 'ExternalContact')
    """
    info = TYPES.get(base(item_of(code)))
    name = info.name if info else item_of(code)
    return f"{name} Collection" if is_collection(code) else name


def code_of_kind(kind: str) -> str | None:
    """The code of a kind as `updateData` statements and `lit` blocks write it.

    >>> code_of_kind("string"), code_of_kind("agentScorePairCollection")
    ('str', 'cpx_agent_score_pair_coll')
    """
    lowered = kind.lower()
    code = _BY_KIND.get(lowered.removesuffix("collection"))
    return code and (collection_of(code) if lowered.endswith("collection") else code)


def code_of_variable(key: str) -> str | None:
    """The code of a variable's YAML key: `stringCollectionVariable` -> `str_coll`; None for other keys."""
    return code_of_kind(key.removesuffix("Variable")) if key.endswith("Variable") else None


def kind_of(code: str) -> str | None:
    """The YAML kind of a type, the reverse of `code_of_kind`; None for types that cannot be declared."""
    info = TYPES.get(base(item_of(code)))
    if info is None or not info.kind:
        return None
    return f"{info.kind}Collection" if is_collection(code) else info.kind
