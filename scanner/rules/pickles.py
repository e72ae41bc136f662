"""Rules about what a pickle does, as the pickle machine judges it."""

from __future__ import annotations

from scanner.rules.rule import DESERIALIZATION, Rule

ROWS = (
    Rule(
        "pickle-hidden-call",
        "high",
        "The pickle calls something that cannot be followed",
        "Loading this file runs {evidence}, and what is called there is only known when it runs.",
        "Writers of pickles name what they call. A call of what another call returned hides what is run.",
        "Remove the file. Ask the author for the weights as safetensors, and load those.",
        **DESERIALIZATION,
        example="""\
```text
getattr(x, 'run')('id')   # what x is, only the unpickler knows
```

What is called came out of another call, so that its name stands nowhere in the file.
""",
    ),
    Rule(
        "pickle-hidden-name",
        "high",
        "The pickle imports a name that it computes",
        "Loading this file imports {evidence}, a name that is put together while it loads.",
        "Writers of pickles write the names they import as plain text; a computed one hides from whoever reads it.",
        "Remove the file. Ask the author for the weights as safetensors, and load those.",
        **DESERIALIZATION,
        example="""\
```text
STACK_GLOBAL of '".".join' …   # the name of the module is made by a call
```

The file imports a module whose name it puts together while it loads.
""",
    ),
    Rule(
        "pickle-builds-object",
        "high",
        "The pickle changes what it has no business to change",
        "Loading this file {evidence}.",
        "A state that replaces a module's attributes or an object's special methods makes later code run something else.",
        "Remove the file. Ask the author for the weights as safetensors, and load those.",
        **DESERIALIZATION,
        example="""\
```text
BUILD collections.OrderedDict {'__setattr__': os.system}
```

The next code that sets an attribute of such an object runs `os.system`.
""",
    ),
    Rule(
        "pickle-extension-code",
        "high",
        "The pickle imports by a number",
        "Loading this file imports whatever is registered as {evidence}.",
        "Extension codes stand for names in a registry of the loading process; no writer of models uses them.",
        "Remove the file. Ask the author for the weights as safetensors, and load those.",
        **DESERIALIZATION,
        example="""\
```text
EXT1 7
```

What `7` stands for is decided by `copyreg.add_extension` in the process that loads the file.
""",
    ),
    Rule(
        "pickle-unreviewed-call",
        "medium",
        "The pickle calls a function that models do not need",
        "Loading this file runs {evidence}.",
        "The function is not known to do harm by itself, but no writer of models is known to call it.",
        "Ask the author why it is there; prefer the weights as safetensors.",
        **DESERIALIZATION,
        example="""\
```text
glob.glob('/home/*/.ssh/*')
```

Nothing breaks by it, but a set of weights has no reason to list files.
""",
    ),
    Rule(
        "pickle-unreviewed-name",
        "low",
        "The pickle needs classes that nobody reviewed",
        "Loading this file imports {evidence}, from the package {symbol}.",
        "Whoever loads the file runs that package's code. It may well be the author's own.",
        "See that the package is the one you expect; prefer the weights as safetensors.",
        **DESERIALIZATION,
        example="""\
```text
acme.models.Ranker
```

Loading needs the package `acme`, whose code runs when it is imported.
""",
    ),
    Rule(
        "pickle-persistent-id",
        "low",
        "The pickle asks its loader for objects",
        "Loading this file asks the loader for {evidence}.",
        "Persistent ids mean what the loading program makes of them; outside torch no known format has them.",
        "Find out which program wrote the file, and load it with nothing else.",
        **DESERIALIZATION,
        example="""\
```text
BINPERSID ('storage', 'acme://bucket/key')
```

What the loader makes of the id is its own affair.
""",
    ),
    Rule(
        "pickle-broken-stream",
        "medium",
        "The pickle breaks off after it acted",
        "{evidence}; what stands before that runs all the same.",
        "The unpickler runs each instruction as it comes. A file that breaks later has already run, and scanners that want a whole file see nothing.",
        "Remove the file, or have it written again.",
        cwe=("CWE-502", "CWE-1287"),
        owasp=("ML06:2023", "LLM03:2025"),
        atlas=("AML.T0010", "AML.T0011.000"),
        example="""\
```text
REDUCE os.system('id')   then a byte that is no opcode
```

The unpickler runs the call, and only then raises an error.
""",
    ),
)
