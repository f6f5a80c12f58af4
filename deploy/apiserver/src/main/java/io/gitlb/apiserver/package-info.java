// SPDX-License-Identifier: Apache-2.0
/// A small Kubernetes API server in memory, over TLS, for tests and the demo: right in what GitLB
/// relies on (versions, watches, conflicts, status apart from spec, server-side apply on a
/// Service's status), refusing what it does not do. Start one with
/// [io.gitlb.apiserver.ApiServer#start(ApiServerSettings)] and hand its kubeconfig to any client.
///
/// A request flows `http` (sockets) → `api` (who, what) → `store` (one version counter) with
/// `patch` and `rules` deciding what an object becomes; `resource` holds the table of kinds.
@NullMarked
package io.gitlb.apiserver;

import org.jspecify.annotations.NullMarked;
