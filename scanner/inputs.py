"""The inputs of the action and their defaults, in one place.

``action.yml`` and the documented table are held to :class:`ActionInputs` by a test. Policy has no default
here: an input that is not given leaves the decision to the configuration, which lives on the base commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

Severity = Literal["info", "low", "medium", "high", "critical", "never"]

_TRUTH = {"true": True, "false": False}


def _truth(value: Any) -> Any:
    """GitHub passes booleans as text."""
    return _TRUTH.get(value.strip().lower(), value) if isinstance(value, str) else value


Truth = Annotated[bool, BeforeValidator(_truth)]


class InputError(ValueError):
    """An input has a value that cannot be used; the text names it and says what is possible."""


class ActionInputs(BaseModel):
    """One field an input; the alias is its name in ``action.yml``."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=AliasGenerator(alias=lambda name: name.replace("_", "-")),
        populate_by_name=True,
    )

    github_token: str = Field(
        "", description="Token for reading the repository and for the comment, the check run and the release."
    )
    config_file: str = Field(
        "",
        description="`OWNER/REPO/PATH@REF` of a central configuration, used instead of the repository's own.",
    )
    config_token: str = Field("", description="Token that can read the repository of `config-file`.")
    fail_on_severity: Severity | None = Field(
        None, description="Fail from this severity on; can only make the configuration stricter."
    )
    fail_on_incomplete: Truth | None = Field(
        None, description="Whether unread files make the verdict `incomplete`; can only make it stricter."
    )
    sbom: Literal["auto", "always", "never"] | None = Field(
        None, description="When to write the SBOM; the configuration's own wish wins where it is stricter."
    )
    sbom_version: Literal["1.6", "1.7"] = Field("1.6", description="Version of CycloneDX to write.")
    sbom_author: str = Field(
        "",
        description="Who answers for the SBOM: a name, an e-mail address or a URL; else the owner of the "
        "repository.",
        max_length=200,
    )
    spdx: Truth = Field(False, description="Whether to write the SBOM as SPDX 2.3, too: `sbom.spdx.json`.")
    osv_url: str = Field(
        "https://api.osv.dev",
        description="Where known vulnerabilities of packages are asked for, by package URL; `none` to ask "
        "nobody.",
    )
    fail_on_vulnerability: Severity | None = Field(
        None, description="Fail from this severity of a known vulnerability on; off unless configured."
    )
    dependency_snapshot: Truth = Field(
        False,
        description="Whether pushes to the default branch submit models and software to GitHub's dependency "
        "graph; needs `contents: write`.",
    )
    comment_summary_in_pr: Literal["auto", "always", "on-failure", "never"] = Field(
        "auto",
        description="The comment: `auto` when there is something to say or to correct, `always`, "
        "`on-failure` (also where the policy only warns), or `never`.",
    )
    check_run: Truth = Field(True, description="Whether to make a check run with annotations.")
    check_name: str = Field("Modelward", description="Name of the check run.", max_length=100)
    review_comments: Truth = Field(
        True, description="Whether to comment on binary files and to suggest fixes in the diff."
    )
    job_summary: Truth = Field(True, description="Whether to write the step summary.")
    comment_id: str = Field(
        "modelward",
        description="Tells the comments of several jobs apart, for example of a matrix.",
        pattern=r"^[A-Za-z0-9_.-]{1,64}$",
    )
    lfs_budget: int = Field(
        1 << 30, description="Bytes of Git LFS that one run may fetch; the repository's owner pays.", ge=0
    )
    hub_token: str = Field(
        "",
        description="Token that can read gated or private repositories of the Hub; not used for forks. "
        "What the Hub says of them shows in the comment.",
    )
    hub_endpoint: str = Field(
        "https://huggingface.co", description="The Hub, where it is not Hugging Face's own."
    )
    hub_budget: int = Field(4 << 30, description="Bytes that one run may fetch from the Hub.", ge=0)
    release_asset: Truth = Field(True, description="Whether a release gets the SBOM as an asset.")
    offline: Truth = Field(False, description="Ask nothing of services other than GitHub.")

    @classmethod
    def read(cls, env: Mapping[str, str]) -> ActionInputs:
        """The inputs as the runner passes them: ``INPUT_<NAME>``, hyphens kept or not, empty is unset.

        Raises:
            InputError: a value cannot be used.
        """
        given: dict[str, str] = {}
        for name in cls.model_fields:
            for variable in (f"INPUT_{name.upper().replace('_', '-')}", f"INPUT_{name.upper()}"):
                if value := env.get(variable, "").strip():
                    given[name] = value
                    break
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            name = str(problem["loc"][0]).replace("_", "-")
            raise InputError(f"input {name}: {problem['msg']}") from error
