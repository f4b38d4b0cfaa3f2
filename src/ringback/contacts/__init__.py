"""External contacts without any I/O: payload, numbers, rules, life cycle, files, webhooks.

The local platform and the pipeline to the cloud both build on it, so that both judge a contact alike.
"""

from ringback.contacts.payload import Contact, Fault, PayloadError, contact_faults, parse_contact
from ringback.contacts.rules import NO_RULES, Rules, Verdict, check
from ringback.contacts.rules_loader import load_rules

__all__ = [
    "NO_RULES",
    "Contact",
    "Fault",
    "PayloadError",
    "Rules",
    "Verdict",
    "check",
    "contact_faults",
    "load_rules",
    "parse_contact",
]
