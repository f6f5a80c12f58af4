// SPDX-License-Identifier: Apache-2.0
/// What the ledger branch remembers of the cluster, so that a plan on a pull request needs no
/// access to it: Services, nodes, namespaces and addresses as text under `facts/`, the same bytes
/// for the same cluster, and back. Pure.
@NullMarked
package io.gitlb.reconciler.facts;

import org.jspecify.annotations.NullMarked;
