"""Rules about what the engines say of each other."""

from __future__ import annotations

from scanner.rules.rule import Rule

ROWS = (
    Rule(
        "witness-disagrees",
        "info",
        "Another engine calls dangerous what Modelward knows as harmless",
        "The engines disagree about {symbol}: {evidence}.",
        "Engines that go by names alone take a name for dangerous however it is used. Modelward follows what is called with what; where it read all of it and has its reasons, this note keeps both opinions.",
        "Nothing, unless you want to look at it yourself: report.json has the place.",
        cwe=("CWE-502",),
        owasp=("ML06:2023",),
        atlas=("AML.T0010",),
        example="""\
Trainer's `training_args.bin` holds members of enumerations, which Python 3.11 pickles by a call of
`getattr`:

```text
builtins.getattr(transformers.trainer_utils.IntervalStrategy, 'STEPS')
```

By its name alone `getattr` is dangerous: it can fetch `os.system`. Here it fetches a member of a known
enumeration. The note is in `report.json` alone.
""",
    ),
)
