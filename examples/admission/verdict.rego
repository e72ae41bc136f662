# What a verdict has to say before a model is admitted; for cosign verify-attestation --policy.
# docs/attestation.md lists the properties. What is signed names only what held, so a missing one is a no.
package signature

import rego.v1

required := {
	"MODELWARD_ALL_MODELS_READ",
	"MODELWARD_NO_HIGH_FINDINGS",
	"MODELWARD_POLICY_PASSED",
}

default allow := false

allow if {
	input.predicateType == "https://in-toto.io/attestation/svr/v0.2"
	input.predicate.verifier.id == "https://github.com/modelward/modelward/v0"
	every property in required {
		property in input.predicate.properties
	}
}
