# SPDX-License-Identifier: Apache-2.0
# BGP sessions are reset and closed by those who own the routers.
package main

import rego.v1

warn contains msg if {
	some plan in input.plans
	some session in plan.sessions
	session.change in {"reset", "closed"}
	msg := sprintf("%s: sessions with %s are %s on %d nodes; ask the network team", [plan.cluster, session.peer, session.change, count(session.nodes)])
}
