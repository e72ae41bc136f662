"""Names and addresses of the catalogues that rules refer to, as their publishers write them.

Sources: MITRE CWE 4.18, OWASP Machine Learning Security Top 10 (2023), OWASP Top 10 for LLM Applications
(2025), MITRE ATLAS 5.
"""

from __future__ import annotations

CWE = {
    "CWE-20": "Improper Input Validation",
    "CWE-22": "Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')",
    "CWE-61": "UNIX Symbolic Link (Symlink) Following",
    "CWE-73": "External Control of File Name or Path",
    "CWE-78": "Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')",
    "CWE-79": "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')",
    "CWE-94": "Improper Control of Generation of Code ('Code Injection')",
    "CWE-95": "Improper Neutralization of Directives in Dynamically Evaluated Code ('Eval Injection')",
    "CWE-130": "Improper Handling of Length Parameter Inconsistency",
    "CWE-312": "Cleartext Storage of Sensitive Information",
    "CWE-345": "Insufficient Verification of Data Authenticity",
    "CWE-400": "Uncontrolled Resource Consumption",
    "CWE-409": "Improper Handling of Highly Compressed Data (Data Amplification)",
    "CWE-427": "Uncontrolled Search Path Element",
    "CWE-434": "Unrestricted Upload of File with Dangerous Type",
    "CWE-436": "Interpretation Conflict",
    "CWE-470": "Use of Externally-Controlled Input to Select Classes or Code ('Unsafe Reflection')",
    "CWE-494": "Download of Code Without Integrity Check",
    "CWE-502": "Deserialization of Untrusted Data",
    "CWE-506": "Embedded Malicious Code",
    "CWE-611": "Improper Restriction of XML External Entity Reference",
    "CWE-646": "Reliance on File Name or Extension of Externally-Supplied File",
    "CWE-693": "Protection Mechanism Failure",
    "CWE-770": "Allocation of Resources Without Limits or Throttling",
    "CWE-776": "Improper Restriction of Recursive Entity References in DTDs ('XML Entity Expansion')",
    "CWE-798": "Use of Hard-coded Credentials",
    "CWE-829": "Inclusion of Functionality from Untrusted Control Sphere",
    "CWE-915": "Improperly Controlled Modification of Dynamically-Determined Object Attributes",
    "CWE-918": "Server-Side Request Forgery (SSRF)",
    "CWE-1007": "Insufficient Visual Distinction of Homoglyphs Presented to User",
    "CWE-1287": "Improper Validation of Specified Type of Input",
    "CWE-1336": "Improper Neutralization of Special Elements Used in a Template Engine",
    "CWE-1357": "Reliance on Insufficiently Trustworthy Component",
}

OWASP = {
    "ML05:2023": ("Model Theft", "ML05_2023-Model_Theft"),
    "ML06:2023": ("AI Supply Chain Attacks", "ML06_2023-AI_Supply_Chain_Attacks"),
    "ML09:2023": ("Output Integrity Attack", "ML09_2023-Output_Integrity_Attack"),
    "ML10:2023": ("Model Poisoning", "ML10_2023-Model_Poisoning"),
    "LLM01:2025": ("Prompt Injection", "llm01-prompt-injection"),
    "LLM02:2025": ("Sensitive Information Disclosure", "llm022025-sensitive-information-disclosure"),
    "LLM03:2025": ("Supply Chain", "llm032025-supply-chain"),
    "LLM04:2025": ("Data and Model Poisoning", "llm042025-data-and-model-poisoning"),
    "LLM05:2025": ("Improper Output Handling", "llm052025-improper-output-handling"),
    "LLM10:2025": ("Unbounded Consumption", "llm102025-unbounded-consumption"),
}
"""Name, and the last part of the address."""

ATLAS = {
    "AML.T0010": "AI Supply Chain Compromise",
    "AML.T0011": "User Execution",
    "AML.T0011.000": "User Execution: Unsafe AI Artifacts",
    "AML.T0018": "Manipulate AI Model",
    "AML.T0018.002": "Manipulate AI Model: Embed Malware",
    "AML.T0029": "Denial of AI Service",
    "AML.T0051": "LLM Prompt Injection",
    "AML.T0055": "Unsecured Credentials",
    "AML.T0058": "Publish Poisoned Models",
    "AML.T0074": "Masquerading",
    "AML.T0076": "Corrupt AI Model",
}

_ML = "https://owasp.org/www-project-machine-learning-security-top-10/docs"
_LLM = "https://genai.owasp.org/llmrisk"


def cwe(identifier: str) -> str:
    """A link to a weakness, with its name; raises KeyError for one that is not in the table."""
    number = identifier.removeprefix("CWE-")
    return f"[{identifier}](https://cwe.mitre.org/data/definitions/{number}.html): {CWE[identifier]}"


def owasp(identifier: str) -> str:
    """A link to a risk of one of the two Top 10, with its name; raises KeyError as :func:`cwe` does."""
    name, page = OWASP[identifier]
    list_name, address = ("LLM Top 10", f"{_LLM}/{page}/")
    if identifier.startswith("ML"):
        list_name, address = ("Machine Learning Security Top 10", f"{_ML}/{page}")
    return f"[OWASP {identifier}]({address}): {name} ({list_name})"


def atlas(identifier: str) -> str:
    """A link to a technique of MITRE ATLAS, with its name; raises KeyError as :func:`cwe` does."""
    return f"[{identifier}](https://atlas.mitre.org/techniques/{identifier}): {ATLAS[identifier]}"
