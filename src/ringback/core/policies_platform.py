"""The policies of the local platform."""

from __future__ import annotations

from ringback.core.policy import Policy

POLICIES: tuple[Policy, ...] = (
    Policy(
        "contact_validation_time",
        ("fifth_of_a_second",),
        "A plain contact is validating for 200 ms after a change, then judged by the rules.",
    ),
    Policy(
        "late_changes",
        ("within_settling_time",),
        "What the pipeline sent is carried out within `--settle` after its connection broke, or never.",
    ),
    Policy(
        "contact_search",
        ("word_beginnings",),
        "Each word of a search must begin a word of the name, an address, number or external id.",
    ),
    Policy(
        "contact_total",
        ("window",),
        "The total of a list of contacts counts up to 1,000, the window of the platform's searches.",
    ),
    Policy(
        "external_ids_claim",
        ("claimed",),
        "An external id of a contact is claimed by it as an identifier of type ExternalId.",
    ),
    Policy(
        "identifier_scope",
        ("division",),
        "An identifier is claimed once in each division; a look-up without one asks the home division.",
    ),
    Policy(
        "merged_contact",
        ("canonical",),
        "The id of a merged contact gives the canonical one; `unresolved` gives the contact itself.",
    ),
    Policy(
        "merged_notes",
        ("moved",),
        "Notes of a contact that is merged follow it to the canonical contact.",
    ),
    Policy(
        "merged_delete",
        ("whole_set",),
        "Deleting a canonical contact deletes what was merged into it.",
    ),
    Policy(
        "schema_limits",
        ("local",),
        "A schema of custom fields has at most 100 fields, an organisation 50 schemas of each kind.",
    ),
    Policy(
        "new_conversation",
        ("connected",),
        "A new conversation has its customer connected and waits in its queue; nobody answers.",
    ),
    Policy(
        "flow_version_on_publish",
        ("same_version",),
        "A saved version that is checked in or published keeps its number; each upload is a new one.",
    ),
    Policy(
        "flow_change_without_lock",
        ("allowed",),
        "A flow that nobody has checked out can be saved, changed and published.",
    ),
    Policy(
        "flow_configuration_form",
        ("as_published",),
        "The configuration of a version is the JSON of the document that was published.",
    ),
    Policy(
        "flow_job_placeholder",
        ("error",),
        "A `{{name}}` that is left in an uploaded flow fails the job.",
    ),
    Policy(
        "flow_job_stubs",
        ("flows",),
        "With createStubs, flows that an upload names and that do not exist are created without a version.",
    ),
    Policy(
        "flow_export_type",
        ("yaml",),
        "An export job that names no type gives Archy YAML.",
    ),
    Policy(
        "flow_execution_data",
        ("everything",),
        "Runs are recorded with the log level All unless a level is set or the switch is off.",
    ),
    Policy(
        "simulation_time",
        ("answers_and_waits",),
        "The timeout of a simulation bounds answers of others and waits, in virtual and in real time.",
    ),
    Policy(
        "action_without_integration",
        ("own_integration",),
        "An export or plain data action without an integration gets an enabled one of its type.",
    ),
    Policy(
        "disabled_integration",
        ("refused_400",),
        "Data actions of an integration that is not enabled answer 400, in flows their Failure path.",
    ),
    Policy(
        "function_data_actions",
        ("refused_501",),
        "The code of functions is kept and never run: their data actions answer 501.",
    ),
    Policy(
        "custom_auth_action",
        ("client_credentials",),
        "A new custom auth action posts clientId and clientSecret to loginUrl; it goes with its credential.",
    ),
    Policy(
        "data_action_validation",
        ("known_refusals",),
        "A data action can be published unless it has a fault that the platform is known to refuse.",
    ),
    Policy(
        "draft_after_publish",
        ("removed",),
        "Publishing takes the draft away; the published version counts up by one.",
    ),
    Policy(
        "execute_failure_status",
        ("of_service",),
        "A data action that fails is answered with the status that its Failure path would see.",
    ),
    Policy(
        "voice_audio",
        ("tree",),
        "Audio is kept as a tree and rendered as text.",
    ),
    Policy(
        "deleted_skills",
        ("state_deleted",),
        "A deleted skill or language leaves all lists; by its id it is found with `state: deleted`.",
    ),
    Policy(
        "wrapup_code_division",
        ("all",),
        "A wrap-up code made without a division belongs to all of them.",
    ),
    Policy(
        "delete_queue_with_members",
        ("needs_force",),
        "A queue that has members is deleted only with forceDelete.",
    ),
    Policy(
        "deleted_table_columns",
        ("forgotten",),
        "Values of a column that a data table's schema drops are gone, also when it comes back.",
    ),
    Policy(
        "datatable_import_wrong_rows",
        ("left_out",),
        "Wrong rows of an imported CSV file are left out and counted; the job succeeds.",
    ),
    Policy(
        "datatable_csv_columns",
        ("name_or_title",),
        "Columns of an imported CSV file are named by name or title; an empty cell is the default.",
    ),
    Policy(
        "schedule_rule",
        ("as_flows_run",),
        "A recurrence rule that flows cannot run on here is refused with 400.",
    ),
    Policy(
        "prompt_audio",
        ("wav_only",),
        "An uploaded prompt that is no WAV (PCM, A-law, µ-law) has uploadStatus transcodeFailed.",
    ),
    Policy(
        "audit_order",
        ("newest_first",),
        "Audit queries without a sort have the newest entries first.",
    ),
    Policy(
        "notification_topics",
        ("any",),
        "Every well-formed topic can be subscribed to, also one that nothing is told of.",
    ),
    Policy(
        "notification_missed",
        ("lost",),
        "Events that happen while nobody is connected to a channel are lost.",
    ),
    Policy(
        "notification_channels",
        ("oldest_replaced",),
        "A client's 21st notification channel takes the place of its oldest.",
    ),
    Policy(
        "presigned_refusal",
        ("forbidden",),
        "A presigned URL that is made up, too old or used with other headers answers 403.",
    ),
)
