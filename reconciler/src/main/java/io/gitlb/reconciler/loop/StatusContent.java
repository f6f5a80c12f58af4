// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.schema.value.IpAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What our part of a Service's status says.
///
/// @param uid of the incarnation that it is about
/// @param addresses the ingress list in order
/// @param conditions sorted by type
record StatusContent(String uid, List<IpAddress> addresses, List<Condition> conditions) {

  StatusContent {
    addresses = List.copyOf(addresses);
    conditions = conditions.stream().sorted(Comparator.comparing(Condition::type)).toList();
  }

  /// What the view shows.
  static StatusContent shown(ServiceView service) {
    return new StatusContent(service.uid(), service.statusAddresses(), service.conditions());
  }

  Optional<Condition> condition(String type) {
    return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
  }
}
