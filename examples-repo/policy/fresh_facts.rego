# SPDX-License-Identifier: Apache-2.0
# A plan that knows nothing of the cluster is no plan.
package main

import rego.v1

deny contains msg if {
	some plan in input.plans
	plan.knowledge.source == "none"
	msg := sprintf("%s: the ledger has no facts of the cluster; does its reconciler run?", [plan.cluster])
}
