"""Why a line of a landing file is not taken, and why a choice gives no training pair. ``docs/feedback.md`` lists the same."""

LINE_REFUSED = {
    "not_utf8": "Its bytes are not UTF-8.",
    "not_json": "It is not JSON.",
    "line_too_long": "It is longer than one mebibyte.",
    "bad_event": "A field is missing, unknown, or not what it should be.",
    "click_not_shown": "It says that a passage was clicked that it does not list as shown.",
    "event_id_reused": "Another event with this id was taken before.",
    "personal_data": "Its query holds a kind of personal data that feedback.personal_data drops.",
}

NO_PAIR = {
    "unknown_release": "The release that the event names was never published.",
    "release_expired": "The release that the event names has expired, and no passage of today has the id.",
    "unknown_passage": "The release that the event names has no passage with the id.",
    "passage_gone": "The passage's document was deleted, or changed so that the passage is no longer in it.",
}
