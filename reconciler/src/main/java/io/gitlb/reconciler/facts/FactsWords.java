// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.facts;

import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;

/// The words of the facts, Kubernetes' own where it has one.
final class FactsWords {

  static final String YES = "true";
  static final String NO = "false";
  static final String SOME = "some";

  private FactsWords() {}

  static String of(Scope scope) {
    return switch (scope) {
      case OURS -> "Ours";
      case LEFT_BEHIND -> "LeftBehind";
    };
  }

  static String of(FamilyPolicy policy) {
    return switch (policy) {
      case SINGLE_STACK -> "SingleStack";
      case PREFER_DUAL_STACK -> "PreferDualStack";
      case REQUIRE_DUAL_STACK -> "RequireDualStack";
    };
  }

  static String of(TrafficPolicy policy) {
    return switch (policy) {
      case CLUSTER -> "Cluster";
      case LOCAL -> "Local";
    };
  }
}
