"""The rule for passwords (`params/passwords.yaml`)."""

from __future__ import annotations

from haihe.kit import resources
from haihe.kit.errors import N_, Invalid


def check_password(new: str, old: str) -> None:
    """Raise Invalid when a new password is too short, too long or the old one again."""
    rule = resources.definition("boards/accounts/params/passwords.yaml")[-1]
    if not rule["characters_min"] <= len(new) <= rule["characters_max"]:
        raise Invalid(
            N_("The password has {count} characters; it needs {least} to {most}."),
            advice=N_("Use a few words together, such as a sentence that only you know."),
            count=len(new),
            least=rule["characters_min"],
            most=rule["characters_max"],
        )
    if new == old:
        raise Invalid(N_("The new password is the old one."), advice=N_("Choose another."))
