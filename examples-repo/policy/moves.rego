# SPDX-License-Identifier: Apache-2.0
# No more than five Services of a cluster move at once.
package main

import rego.v1

most_moves := 5

deny contains msg if {
	some plan in input.plans
	plan.counts.moves > most_moves
	msg := sprintf("%s: %d Services move, %d are allowed at once; split the change", [plan.cluster, plan.counts.moves, most_moves])
}
