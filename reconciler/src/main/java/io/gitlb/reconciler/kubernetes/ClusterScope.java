// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import java.util.Optional;

/// What of a cluster is our business.
///
/// @param classes whose Services to serve
/// @param secretsNamespace the namespace whose Secrets hold the passwords of BGP peers; empty: no
///   Secret is read
public record ClusterScope(LoadBalancerClasses classes, Optional<String> secretsNamespace) {

  /// Unless somebody says otherwise.
  public static final String SECRETS_NAMESPACE = "gitlb-passwords";
}
