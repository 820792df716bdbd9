"""Texts that break things: ours, committed, so that the tests assert something everywhere; and the big list if it is
there (../shared/data/hostile/blns.json, the Big List of Naughty Strings)."""

import json
from pathlib import Path

BIG = Path(__file__).resolve().parents[2] / "shared" / "data" / "hostile" / "blns.json"

STRINGS = [
    "",
    " ",
    "\u00a0\u2003\u3000",
    "nil",
    "undefined",
    "None",
    "NaN",
    "-1",
    "0x0",
    "1e309",
    "999999999999999999999999999999",
    "1/0",
    "01/01/0000",
    "99/99/9999",
    "<xnasty onx=1>",
    "<script>alert('nasty')</script>",
    "\"><img src=x onerror=alert('nasty')>",
    "'><svg/onload=alert('nasty')>",
    "</textarea></title><iframe src=javascript:alert('nasty')>",
    "<!--<script>",
    "javascript:alert('nasty')",
    "data:text/html,<script>alert('nasty')</script>",
    "{{ 7*7 }}{% load nasty %}{% print 'x' * 64 %}",
    "%(nasty)s %s %d %n {0} {nasty}",
    "${jndi:ldap://127.0.0.1/nasty}",
    "'; DROP TABLE nasty; --",
    "1' OR '1'='1",
    "\\",
    "../../../../etc/passwd",
    "C:\\nasty\\con",
    "nasty\x00nul",
    "nasty\r\nX-Injected: 1",
    "\x1b[0;31mnasty\x07\x08",
    "\u202enasty\u202c\u2066",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "👩‍👩‍👧‍👦🏳️‍🌈🇫🇷\U0001f468\U0001f3ff",
    "İIıiẞßﬀ",
    "田中さんにあげて下さい مُنَاقَشَةُ עברית",
    "\ufeff\ufffe\uffff\U000e0001",
    "e\u0301é",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://127.0.0.1/nasty","x")',
    "a" * 5_000,
    "é\n" * 2_000,
    '{"nasty": [1, {"deep": null}]}',
    "[]",
    "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>",
]


def big_list():
    """The big list; nothing where it is not."""
    return json.loads(BIG.read_text()) if BIG.exists() else []
