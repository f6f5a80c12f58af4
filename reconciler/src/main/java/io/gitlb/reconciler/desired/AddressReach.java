// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.RecordText;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.Announcement.Layer2;
import io.gitlb.schema.protocol.Announcement.Owner;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// From which nodes one address can be reached.
sealed interface AddressReach {

  /// @param byNode node → what it announces; at least one
  record Somewhere(SortedMap<NodeName, Announcement> byNode) implements AddressReach {}

  /// No node may announce it.
  record Nowhere(NotAnnounced why) implements AddressReach {}

  /// @param peers node → its peers
  static AddressReach of(
      DesiredInput input,
      AllocationRecord record,
      Advertisements advertisements,
      Map<NodeName, SortedSet<PeerName>> peers) {
    List<ServiceView> services =
        record.holders().stream()
            .flatMap(
                holder ->
                    Optional.ofNullable(input.view().services().get(holder.service())).stream())
            .filter(service -> service.scope() == Scope.OURS)
            .toList();
    Optional<PoolName> pool = advertisements.poolOf(record.address(), record.pool());
    List<L2Advertisement> layer2 =
        pool.map(name -> advertisements.layer2(name, services)).orElse(List.of());
    List<BgpAdvertisement> bgp =
        pool.map(name -> advertisements.bgp(name, services)).orElse(List.of());
    if (layer2.isEmpty() && bgp.isEmpty()) {
      return nowhere(
          Reason.NO_ADVERTISEMENT,
          "no L2Advertisement and no BGPAdvertisement is for pool "
              + record.pool()
              + " and this Service");
    }
    return new Search(input, record, services, layer2, bgp, peers).run();
  }

  private static AddressReach nowhere(Reason reason, String message) {
    return new Nowhere(new NotAnnounced(reason, message));
  }

  /// One address on its way through the filters.
  record Search(
      DesiredInput input,
      AllocationRecord record,
      List<ServiceView> services,
      List<L2Advertisement> layer2,
      List<BgpAdvertisement> bgp,
      Map<NodeName, SortedSet<PeerName>> peers) {

    AddressReach run() {
      if (services.stream().allMatch(service -> endpoints(service).total() == 0)) {
        return nowhere(Reason.NO_ENDPOINT, "no endpoint of the Service serves");
      }
      List<NodeView> selected =
          input.view().nodes().values().stream()
              .filter(node -> !node.isExcluded())
              .filter(this::isSelected)
              .toList();
      if (selected.isEmpty()) {
        return nowhere(
            Reason.NO_ELIGIBLE_NODE,
            "no node is selected by an advertisement and free of the label "
                + NodeView.EXCLUDE_LABEL);
      }
      List<NodeView> local = selected.stream().filter(this::mayServe).toList();
      if (local.isEmpty()) {
        return nowhere(
            Reason.NO_LOCAL_ENDPOINT,
            "externalTrafficPolicy is Local and no node that may announce has an endpoint that"
                + " serves");
      }
      List<NodeView> eligible =
          local.stream().filter(node -> input.speakers().contains(node.name())).toList();
      if (eligible.isEmpty()) {
        return nowhere(
            Reason.NO_SPEAKER,
            "none of the nodes that may announce has a speaker: " + names(local));
      }
      SortedMap<NodeName, Announcement> byNode = announcements(eligible);
      return byNode.isEmpty()
          ? nowhere(
              Reason.NO_PEER, "no BGPPeer that the advertisements name is for " + names(eligible))
          : new Somewhere(byNode);
    }

    private static String names(List<NodeView> nodes) {
      return String.join(", ", nodes.stream().map(node -> node.name().value()).toList());
    }

    private EndpointView endpoints(ServiceView service) {
      return input.view().endpointsOf(service.ref());
    }

    private boolean isSelected(NodeView node) {
      return layer2.stream().anyMatch(ad -> NodeSelection.selects(ad.nodeSelectors(), node))
          || bgp.stream().anyMatch(ad -> NodeSelection.selects(ad.nodeSelectors(), node));
    }

    /// Under policy Local only a node with an endpoint of its own passes traffic on.
    private boolean mayServe(NodeView node) {
      return services.stream()
          .anyMatch(
              service ->
                  switch (service.trafficPolicy()) {
                    case CLUSTER -> endpoints(service).total() > 0;
                    case LOCAL -> endpoints(service).nodes().contains(node.name());
                  });
    }

    private SortedMap<NodeName, Announcement> announcements(List<NodeView> eligible) {
      List<NodeView> onLink =
          eligible.stream()
              .filter(
                  node ->
                      layer2.stream()
                          .anyMatch(ad -> NodeSelection.selects(ad.nodeSelectors(), node)))
              .toList();
      List<NodeName> candidates =
          Candidates.rank(
              record.address(),
              onLink,
              layer2,
              Optional.ofNullable(input.owners().get(record.address())));
      Set<NodeName> onLinkNames = new HashSet<>(candidates);
      Set<NodeView> routed = Set.copyOf(routed(eligible));
      String text = RecordText.write(record);
      Owner owner = new Owner.Services(holders());
      SortedMap<NodeName, Announcement> byNode = new TreeMap<>();
      for (NodeView node : eligible) {
        Optional<Layer2> link =
            onLinkNames.contains(node.name())
                ? Optional.of(new Layer2(candidates, interfaces(node)))
                : Optional.empty();
        List<BgpRoute> routes = routed.contains(node) ? routes(node) : List.of();
        if (link.isPresent() || !routes.isEmpty()) {
          byNode.put(node.name(), new Announcement(record.address(), owner, text, link, routes));
        }
      }
      return byNode;
    }

    private SortedSet<ServiceRef> holders() {
      SortedSet<ServiceRef> holders = new TreeSet<>();
      record.holders().forEach(holder -> holders.add(holder.service()));
      return holders;
    }

    /// Nodes whose network is reported down attract no routes, unless it is all of them.
    private static List<NodeView> routed(List<NodeView> eligible) {
      List<NodeView> sound =
          eligible.stream().filter(node -> node.network() == Network.AVAILABLE).toList();
      return sound.isEmpty() ? eligible : sound;
    }

    private List<BgpRoute> routes(NodeView node) {
      return Routes.of(
          record.address(),
          bgp.stream().filter(ad -> NodeSelection.selects(ad.nodeSelectors(), node)).toList(),
          peers.getOrDefault(node.name(), Collections.emptySortedSet()));
    }

    /// The interfaces that the advertisements for this node name, or all when one names none.
    private List<String> interfaces(NodeView node) {
      List<L2Advertisement> own =
          layer2.stream().filter(ad -> NodeSelection.selects(ad.nodeSelectors(), node)).toList();
      boolean all = own.stream().anyMatch(ad -> ad.interfaces().isEmpty());
      Stream<String> named = own.stream().flatMap(ad -> ad.interfaces().stream());
      return all ? List.of() : named.distinct().sorted().toList();
    }
  }
}
