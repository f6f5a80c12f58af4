// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.Node;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// From the API's Node to our view.
final class NodeTranslator {

  private NodeTranslator() {}

  static NodeView translate(Node node) {
    Map<String, String> labels = node.getMetadata().getLabels();
    return new NodeView(
        new NodeName(node.getMetadata().getName()),
        labels == null ? new TreeMap<>() : new TreeMap<>(labels),
        node.getStatus() == null
            ? List.of()
            : stream(node.getStatus().getAddresses())
                .flatMap(address -> IpAddress.parse(address.getAddress()).stream())
                .distinct()
                .toList(),
        node.getSpec() == null
            ? List.of()
            : stream(node.getSpec().getPodCIDRs())
                .flatMap(cidr -> IpPrefix.parse(cidr).stream())
                .toList(),
        hasCondition(node, "Ready") ? Readiness.READY : Readiness.NOT_READY,
        hasCondition(node, "NetworkUnavailable") ? Network.UNAVAILABLE : Network.AVAILABLE,
        node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable())
            ? Scheduling.CORDONED
            : Scheduling.SCHEDULABLE);
  }

  private static boolean hasCondition(Node node, String type) {
    return node.getStatus() != null
        && stream(node.getStatus().getConditions())
            .anyMatch(
                condition ->
                    type.equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  private static <T> Stream<T> stream(@Nullable Collection<T> elements) {
    return elements == null ? Stream.empty() : elements.stream();
  }
}
