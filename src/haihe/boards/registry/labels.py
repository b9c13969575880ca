"""The words for what the registry tells apart."""

from __future__ import annotations

from haihe.kit.errors import N_

LEVEL_LABELS = {
    "region": N_("Region"),
    "province": N_("Province or municipality"),
    "city": N_("City"),
    "new_area": N_("New area"),
    "county": N_("District or county"),
}
TIER_LABELS = {
    "official": N_("official"),
    "yearbook": N_("yearbook"),
    "press": N_("press"),
    "ours": N_("worked out here"),
    "sample": N_("sample"),
}
NAME_LABELS = {
    "short": N_("Short name"),
    "former": N_("Former name"),
    "english": N_("English name"),
    "recorded": N_("Also recorded as"),
}
VERDICT_LABELS = {
    "same": N_("The same"),
    "different": N_("Different"),
    "unsure": N_("Unsure"),
}
PLACE_LABEL = N_("Place")
