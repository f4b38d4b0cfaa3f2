"""The policies of flows, data actions and contacts."""

from __future__ import annotations

from ringback.core.policy import Policy

POLICIES: tuple[Policy, ...] = (
    Policy(
        "expression_error",
        ("flow_error",),
        "An expression that fails at run time starts the flow's error handling, not a Failure path.",
    ),
    Policy(
        "decision_not_set",
        ("no", "flow_error"),
        "A Decision whose whole condition is NOT_SET takes No.",
    ),
    Policy(
        "json_missing_property",
        ("not_set", "flow_error"),
        "Reading a property that a JSON object does not have gives NOT_SET.",
    ),
    Policy(
        "json_null_to_typed",
        ("not_set",),
        "JSON null cast to a typed value gives NOT_SET.",
    ),
    Policy(
        "json_index_out_of_range",
        ("flow_error", "not_set"),
        "A JSON array index out of range is a flow error.",
    ),
    Policy(
        "string_collation",
        ("lower_first", "ordinal"),
        "Strings compare culture style, lower case before upper case.",
    ),
    Policy(
        "null_leaf_in_flattened_array",
        ("not_set_item", "drop"),
        "A null or missing leaf keeps its place as a NOT_SET item.",
    ),
    Policy(
        "not_set_data_action_input",
        ("omit", "null"),
        "A NOT_SET data action input is left out of the JSON.",
    ),
    Policy(
        "data_action_outputs_on_other_paths",
        ("unchanged",),
        "Outputs of paths not taken keep their value.",
    ),
    Policy(
        "task_variable_lifetime",
        ("each_entry",),
        "Task variables start from their initial values at each entry.",
    ),
    Policy(
        "open_end",
        ("disconnect",),
        "A sequence that runs off its end disconnects the call.",
    ),
    Policy(
        "open_end_of_state",
        ("end_flow",),
        "A sequence of a flow without a call that runs off its end ends the flow.",
    ),
    Policy(
        "default_error_handling",
        (
            "by_flow_type",
            "disconnect",
        ),
        "Without error handling of its own a workflow ends and a bot exits; other flows disconnect.",
    ),
    Policy(
        "loop_count_above_99",
        ("cut_to_99",),
        "A computed loop count above 99 is cut to 99.",
    ),
    Policy(
        "loop_until_test",
        ("after_turn",),
        "Loop Until looks at its cases after each turn.",
    ),
    Policy(
        "auth_token_retry",
        ("once_on_401", "never"),
        "A cached token that a 401 refuses is fetched again once.",
    ),
    Policy(
        "data_action_rejected_by_limits",
        ("failure_429",),
        "An execution over a platform limit is Failure with status 429.",
    ),
    Policy(
        "missing_participant_data",
        ("not_set",),
        "Reading a participant attribute that does not exist gives NOT_SET.",
    ),
    Policy(
        "menu_repeat_count",
        ("after_first",),
        "A menu plays once and then again as often as its repeat count says.",
    ),
    Policy(
        "menu_invalid_key",
        ("counts_as_repeat",),
        "A key that is not on the menu counts like silence and plays the menu again.",
    ),
    Policy(
        "menu_choice_returns",
        ("repeat_menu",),
        "A menu choice that comes back (a failed transfer) opens its menu again.",
    ),
    Policy(
        "set_language_effect",
        ("task_end", "immediately"),
        "Set Language takes effect when the task ends.",
    ),
    Policy(
        "declared_output",
        ("first",),
        "An action of which only the outputs are known takes the first, unless the scenario names one.",
    ),
    Policy(
        "platform_accepts",
        ("success",),
        "What the platform is told to do works, unless the scenario says otherwise.",
    ),
    Policy(
        "unknown_flow",
        ("outcome",),
        "A called flow without a document gives what the scenario says, else Default and plain values.",
    ),
    Policy(
        "find_not_found",
        (
            "unchanged",
            "not_set",
        ),
        "A look-up that finds nothing leaves its variable as it was.",
    ),
    Policy(
        "find_name_not_set",
        (
            "flow_error",
            "not_found",
        ),
        "Looking something up by a NOT_SET name or id is a flow error.",
    ),
    Policy(
        "schedule_order",
        (
            "emergency_holiday_closed_open",
            "emergency_holiday_open_closed",
        ),
        "A schedule group is tried for emergency, holiday, closed, open in this order; else it is closed.",
    ),
    Policy(
        "schedule_without_times",
        (
            "active",
            "inactive",
        ),
        "A schedule without times is active, and a schedule group without schedules is open.",
    ),
    Policy(
        "no_schedule_group",
        (
            "closed",
            "open",
        ),
        "Evaluate Schedule Group without a group is Closed, unless its emergency group is on.",
    ),
    Policy(
        "agent_answers",
        (
            "never",
            "at_estimated_wait",
        ),
        "In an in-queue flow no agent answers: after ten turns the run ends as waiting.",
    ),
    Policy(
        "recurring_state",
        ("key_of_state",),
        "A state of an in-queue flow recurs when it has `recurring: true` or `recurring: {interval: …}`.",
    ),
    Policy(
        "recurring_interval",
        ("five_minutes", "one_hour"),
        "A recurring state of an in-queue flow that names no interval runs every five minutes.",
    ),
    Policy(
        "running_time",
        ("72_hours", "endless"),
        "A flow runs for 72 hours at most; a longer Wait is an error unless it may be trimmed.",
    ),
    Policy(
        "unfinished_outcome",
        ("failure", "unset"),
        "A flow outcome that was started and never set counts as a failure when the flow ends.",
    ),
    Policy(
        "language_after_transfer",
        ("kept", "flow_default"),
        "After Transfer to Flow the caller's language stays, where the other flow supports it.",
    ),
    Policy(
        "queue_position",
        ("constant",),
        "Position and estimated wait stay as the world says while time passes.",
    ),
    Policy(
        "hold_music_length",
        ("one_minute",),
        "A hold music prompt that is played in full lasts a minute.",
    ),
    Policy(
        "bot_matching",
        (
            "keywords",
            "exact",
        ),
        "An intent is meant when its name or an utterance is said, else by most words in common.",
    ),
    Policy(
        "bot_misses",
        (
            "max_leaves",
            "after_max",
        ),
        "The miss that reaches the maximum of silences or misunderstandings leaves the question.",
    ),
    Policy(
        "intent_confirmation",
        ("when_unsure", "never"),
        "An intent that is less certain than the flow's high threshold is confirmed with its question.",
    ),
    Policy(
        "confirmation_rejections",
        ("leave_as_misses",),
        "The last rejected confirmation that a flow allows leaves the question like misunderstandings do.",
    ),
    Policy(
        "anything_else",
        ("intents_return",),
        "Loop Anything Else asks again after an intent's output; No, silence and an article leave it.",
    ),
    Policy(
        "verification_keys",
        ("one_accepts",),
        "Collect Input's verification accepts the key 1; anything else asks for the digits again.",
    ),
    Policy(
        "dialled_extension",
        ("of_the_world",),
        "Extensions are those of the world's users and groups; several keys at a menu dial only a known one.",
    ),
    Policy(
        "agent_escalation",
        ("spoken_words", "never"),
        "Saying agent, advisor, representative, operator, human or person asks for a person.",
    ),
    Policy(
        "bot_exit_reason",
        ("plain",),
        "The exit reason of a bot is exit, error, recognitionFailure, agentEscalation or disconnect.",
    ),
    Policy(
        "filled_slot",
        (
            "skipped",
            "asked",
        ),
        "Ask for Slot does not ask for a slot that has a value.",
    ),
    Policy(
        "conversation_data",
        ("one_conversation",),
        "Conversation data of any conversation id are the participant data of the run.",
    ),
    Policy(
        "encrypted_form",
        ("base64",),
        "Encrypted data is base64 text, so that a run can read it back.",
    ),
    Policy(
        "first_message",
        ("empty",),
        "A message or e-mail whose text nobody gives is empty.",
    ),
    Policy(
        "digital_reading",
        ("no_time",),
        "Messages to read take no virtual time.",
    ),
    Policy(
        "permissive_values",
        ("plain",),
        "Where nothing is known, an answer is a plain value of its declared type.",
    ),
    Policy(
        "audio_duration",
        ("text_length",),
        "Audio takes 60 ms for each character of its text.",
    ),
    Policy(
        "strict_references",
        ("success_template", "never", "always"),
        "An unset reference fails the success template and prints itself in URL, headers and body.",
    ),
    Policy(
        "invalid_json_path",
        ("use_default", "fail"),
        "A path that is no legal JSONPath counts as not found, so its default applies.",
    ),
    Policy(
        "empty_response",
        ("empty_text", "empty_object"),
        "rawResult of a response without a body is the empty text.",
    ),
    Policy(
        "failure_statuses",
        ("not_2xx",),
        "Every status outside 200 to 299 fails the action, unless a plain document names its statuses.",
    ),
    Policy(
        "redirects",
        ("follow_get", "never"),
        "Redirects of GET are followed inside the allowed hosts, at most 5; others are answers.",
    ),
    Policy(
        "plain_credential",
        ("secret_headers",),
        "In a plain document's Authorization and its like, an undeclared name is a credential.",
    ),
    Policy(
        "quiet_hours_zones",
        ("any_quiet", "all_quiet"),
        "A number that may be in several time zones rests while it is quiet in any of them.",
    ),
    Policy(
        "quiet_hours_unknown_zone",
        ("quiet", "open"),
        "A contact whose time zone nobody knows is not reached on channels with quiet hours.",
    ),
    Policy(
        "quiet_hours_status",
        ("failed", "pending"),
        "A contact all of whose channels rest has the validation status failed.",
    ),
    Policy(
        "number_region",
        ("main_region",),
        "A number that tells no country belongs to the main country of its calling code.",
    ),
    Policy(
        "first_channel",
        ("voice_sms_email_chat",),
        "An interaction without a named channel takes the first available of voice, sms, email, chat.",
    ),
)
