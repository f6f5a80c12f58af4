# SPDX-License-Identifier: Apache-2.0
# A pool that is in use is not removed, and does not shrink below what it gave plus a tenth.
package main

import rego.v1

deny contains msg if {
	some plan in input.plans
	some pool in plan.pools
	pool.after == null
	pool.before.used > 0
	msg := sprintf("%s: pool %s is removed with %d addresses in use", [plan.cluster, pool.name, pool.before.used])
}

deny contains msg if {
	some plan in input.plans
	some pool in plan.pools
	pool.after.size < pool.before.size
	pool.before.used * 11 > pool.after.size * 10
	msg := sprintf("%s: pool %s shrinks to %d addresses, %d are in use", [plan.cluster, pool.name, pool.after.size, pool.before.used])
}
