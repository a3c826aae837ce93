"""The types of request from the command line."""

from typing import Any

import pytest
from tests.client.cli.sitting import said, sit
from tests.simulator.world import World

from rogatory_client.casework.forms.catalogue import request_type, type_ids
from rogatory_client.cli.requests import commands as request_commands
from rogatory_crypto.errors import MisuseError


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "zh", "ar", "pt"])
def test_types_are_shown_in_each_language(language: str) -> None:
    call = sit(World.__new__(World), "")
    listed = request_commands.types(call, None, language)
    assert len(listed.data["types"]) == 37  # type: ignore[arg-type]  # a list
    for type_id in type_ids():
        shown = request_commands.types(call, type_id, language)
        assert request_type(type_id).title[language] in said(shown)
        full: Any = shown.data["type"]
        assert [each["id"] for each in full["urgency_levels"]] == [
            "routine",
            "priority",
            "urgent",
            "emergency",
        ]
        assert [each["id"] for each in full["refusal_grounds"]] == list(request_type(type_id).typical_refusal)
        assert all(each["text"] in said(shown) for each in full["refusal_grounds"])
    with pytest.raises(MisuseError, match="titles are in"):
        request_commands.types(call, None, "xx")
