# SPDX-License-Identifier: Apache-2.0
# conftest test --policy policy plan.json, with plan.json from: gitlb plan -o json
# Nobody loses an address, and none is moved, without a word from a person.
package main

import rego.v1

deny contains msg if {
	some plan in input.plans
	some service in plan.services
	service.consequence in {"loses", "not-announced"}
	msg := sprintf("%s: %s/%s %s: %v", [plan.cluster, service.namespace, service.name, service.consequence, service.before])
}

warn contains msg if {
	some plan in input.plans
	some service in plan.services
	service.consequence in {"held", "unknown"}
	msg := sprintf("%s: %s/%s %s: %v", [plan.cluster, service.namespace, service.name, service.consequence, service.before])
}
