// SPDX-License-Identifier: Apache-2.0
/// The one place that knows the Kubernetes client. Informers on Services, EndpointSlices, Nodes and
/// Namespaces become views; statuses go out by server-side apply on the status sub-resource, and an
/// Event tells what changed. Nothing else of a Service is ever written.
@NullMarked
package io.gitlb.reconciler.kubernetes;

import org.jspecify.annotations.NullMarked;
