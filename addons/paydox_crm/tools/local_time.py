"""What time it is where a contact lives: from his region, or from the zone that is written on him. No ORM here."""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytz

WORK_FROM, WORK_TO = 9, 18
SATURDAY = 5
# Regions of Russia by their codes in Odoo; those that are not here live by Moscow. Yakutia lives by three zones.
_RUSSIA = {
    "KGD": ["Europe/Kaliningrad"],
    "SAM": ["Europe/Samara"],
    "UD": ["Europe/Samara"],
    "AST": ["Europe/Astrakhan"],
    "SAR": ["Europe/Saratov"],
    "ULY": ["Europe/Ulyanovsk"],
    "VGG": ["Europe/Volgograd"],
    "KIR": ["Europe/Kirov"],
    **dict.fromkeys(["BA", "CHE", "KGN", "KHM", "ORE", "PER", "SVE", "TYU", "YAN"], ["Asia/Yekaterinburg"]),
    "OMS": ["Asia/Omsk"],
    "NVS": ["Asia/Novosibirsk"],
    "TOM": ["Asia/Tomsk"],
    "ALT": ["Asia/Barnaul"],
    "AL": ["Asia/Barnaul"],
    "KEM": ["Asia/Novokuznetsk"],
    **dict.fromkeys(["KYA", "KK", "TY"], ["Asia/Krasnoyarsk"]),
    **dict.fromkeys(["IRK", "BU"], ["Asia/Irkutsk"]),
    "ZAB": ["Asia/Chita"],
    "AMU": ["Asia/Yakutsk"],
    "SA": ["Asia/Yakutsk", "Asia/Vladivostok", "Asia/Srednekolymsk"],
    **dict.fromkeys(["PRI", "KHA", "YEV"], ["Asia/Vladivostok"]),
    "MAG": ["Asia/Magadan"],
    "SAK": ["Asia/Sakhalin"],
    "KAM": ["Asia/Kamchatka"],
    "CHU": ["Asia/Anadyr"],
}


class LocalTime(NamedTuple):
    """``earliest`` and ``latest`` differ where a region has several zones and nothing says which."""

    earliest: datetime
    latest: datetime

    @property
    def is_certain(self):
        return self.earliest.utcoffset() == self.latest.utcoffset()

    @property
    def is_outside_hours(self):
        """Whether nobody works there now: in none of the zones."""
        return not any(is_working(moment) for moment in (self.earliest, self.latest))


def is_working(moment):
    return moment.weekday() < SATURDAY and WORK_FROM <= moment.hour < WORK_TO


def get_zones(country_code, state_code):
    """Names of the zones of a region or, without one, of the whole country."""
    if country_code == "RU" and state_code:
        return _RUSSIA.get(state_code, ["Europe/Moscow"])
    return list(pytz.country_timezones.get(country_code or "", []))


def get_local_time(moment, zone_name, default_zone_name, country_code, state_code):
    """The local time at ``moment`` (UTC, naive); None when nothing is known.

    :param zone_name: the zone that somebody chose; it is right
    :param default_zone_name: the zone of whoever entered the contact; it counts when the region has it, or without one
    """
    aware = moment.replace(tzinfo=UTC)
    if chosen := _at(aware, zone_name):
        return LocalTime(chosen, chosen)
    own = _at(aware, default_zone_name)
    times = [local for name in get_zones(country_code, state_code) if (local := _at(aware, name))]
    if not times:
        return LocalTime(own, own) if own else None
    if own and own.utcoffset() in {local.utcoffset() for local in times}:
        return LocalTime(own, own)
    times.sort(key=lambda local: local.utcoffset())
    return LocalTime(times[0], times[-1])


def _at(aware, zone_name):
    if not zone_name:
        return None
    try:
        return aware.astimezone(ZoneInfo(zone_name))
    except (ZoneInfoNotFoundError, ValueError):
        return None
