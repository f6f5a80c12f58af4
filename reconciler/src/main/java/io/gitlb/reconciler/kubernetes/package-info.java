// SPDX-License-Identifier: Apache-2.0
/// The one place that knows the Kubernetes client.
///
/// In: informers on Services, EndpointSlices, Nodes, Namespaces and ServiceCIDRs
/// ([io.gitlb.reconciler.kubernetes.WatchedKind]) say at which objects to look; those are
/// translated, and what differs goes into the next view
/// ([io.gitlb.reconciler.kubernetes.LiveView]). Out: statuses by server-side apply on the status
/// sub-resource, and behind them Events that tell what changed. Nothing else of a Service is ever
/// written.
@NullMarked
package io.gitlb.reconciler.kubernetes;

import org.jspecify.annotations.NullMarked;
