# SPDX-License-Identifier: Apache-2.0
# Speaks up before a pool is full.
package main

import rego.v1

warn contains msg if {
	some plan in input.plans
	some pool in plan.pools
	pool.after.size > 0
	pool.after.free * 10 < pool.after.size
	msg := sprintf("%s: pool %s has %d of %d addresses left", [plan.cluster, pool.name, pool.after.free, pool.after.size])
}
