from __future__ import annotations

import yaml

from scanner.domain import Verdict
from scanner.report.accept import exceptions
from scanner.report.view import view
from tests.report import samples


def test_the_exception_is_yaml_that_only_lacks_what_a_person_must_say() -> None:
    first, second = yaml.safe_load(exceptions(view(samples.failing()).acceptable))["exceptions"]
    assert first == {
        "rule": "pickle-dangerous-import",
        "sha256": samples.failing().artifacts[0].sha256,
        "reason": "why this is acceptable",
        "owner": "who answers for it",
        "expires": "YYYY-MM-DD",
    }
    assert second["repository"] == "acme/ner@" + "e4f5a6b7" * 5


def test_only_computed_digests_can_be_accepted() -> None:
    declared = samples.artifact("m.bin", sha256_origin="declared")
    found = samples.finding("pickle-dangerous-import", "m.bin", artifact=declared.id, symbol="os.system")
    assert not view(samples.report(Verdict.FAIL, artifacts=[declared], findings=[found])).acceptable


def test_a_name_cannot_add_a_line_to_the_yaml() -> None:
    model = samples.artifact("a\n  - rule: denied-digest\r\u2028\x85.bin")
    found = samples.finding("pickle-dangerous-import", model.path, artifact=model.id, symbol="os.system")
    shown = view(samples.report(Verdict.FAIL, artifacts=[model], findings=[found]))
    (only,) = yaml.safe_load(exceptions(shown.acceptable))["exceptions"]
    assert only["rule"] == "pickle-dangerous-import"


def test_a_data_set_is_named_as_the_configuration_names_it() -> None:
    (reference,) = samples.failing().references
    data = reference.model_copy(update={"repo_type": "dataset"})
    found = samples.finding("denied-license", "serve.py", reference=data.id, symbol="x")
    (item,) = view(samples.report(Verdict.FAIL, references=[data], findings=[found])).acceptable
    assert item.value.startswith("datasets/acme/ner@")
