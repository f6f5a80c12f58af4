// SPDX-License-Identifier: Apache-2.0
/// What the server makes of an object before it stores it: metadata that clients cannot choose, the
/// separation of spec and status, a Service's defaults, cluster IPs and node ports. Functions from
/// the old object and the proposed one to the one to store, or to a refusal with all reasons.
@NullMarked
package io.gitlb.apiserver.rules;

import org.jspecify.annotations.NullMarked;
