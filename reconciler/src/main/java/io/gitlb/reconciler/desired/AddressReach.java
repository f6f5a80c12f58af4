// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.EndpointView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.RecordText;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.L2Advertisement.Rebalance;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.Announcement.Layer2;
import io.gitlb.schema.protocol.Announcement.Owner;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// From which nodes one address can be reached.
sealed interface AddressReach {

  /// @param nodes those that announce it, at least one
  /// @param shares what they announce; every node is in one share
  record Somewhere(SortedSet<NodeName> nodes, List<Share> shares) implements AddressReach {}

  /// No node may announce it.
  record Nowhere(NotAnnounced why) implements AddressReach {}

  /// Says who comes first on the list of an address.
  interface Heads {

    /// @param roster not empty
    /// @param rebalance whether the address may move for the sake of balance later on
    NodeName head(IpAddress address, Roster roster, Rebalance rebalance);

    /// Whether the one that comes first is to take the address over from an owner that is as good.
    boolean isMoving(IpAddress address);

    /// Who announces the address on its link, or did last.
    Optional<NodeName> owner(IpAddress address);
  }

  /// Nodes that announce the same.
  record Share(SortedSet<NodeName> nodes, Announcement announcement) {}

  /// @param record in a state in which it is announced
  /// @param ground of the commit that counts for the record
  /// @param heads who comes first
  static AddressReach of(AllocationRecord record, ClusterView view, Ground ground, Heads heads) {
    List<ServiceView> services =
        record.holders().stream()
            .flatMap(holder -> view.services().find(holder.service()).stream())
            .filter(service -> service.scope() == Scope.OURS)
            .toList();
    Optional<AddressPool> pool = ground.poolOf(record.address(), record.pool());
    if (pool.filter(found -> found.rules().presence() == Presence.SILENT).isPresent()) {
      return nowhere(
          Reason.ANNOUNCING_OFF,
          "pool " + pool.get().name() + " says announce: false; nobody announces its addresses");
    }
    Optional<Coverage> coverage =
        pool.map(found -> ground.coverage(found, services)).filter(found -> !found.isEmpty());
    if (coverage.isEmpty()) {
      return nowhere(
          Reason.NO_ADVERTISEMENT,
          "no L2Advertisement and no BGPAdvertisement is for pool "
              + record.pool()
              + " and this Service");
    }
    return new Search(record, view, services, coverage.get()).run(heads);
  }

  private static AddressReach nowhere(Reason reason, String message) {
    return new Nowhere(new NotAnnounced(reason, message));
  }

  /// One address on its way through the filters.
  record Search(
      AllocationRecord record, ClusterView view, List<ServiceView> services, Coverage coverage) {

    AddressReach run(Heads heads) {
      if (services.stream().allMatch(service -> endpoints(service).total() == 0)) {
        return nowhere(Reason.NO_ENDPOINT, "no endpoint of the Service serves");
      }
      if (!coverage.hasNodes()) {
        return nowhere(
            Reason.NO_ELIGIBLE_NODE,
            "no node is selected by an advertisement and free of the label "
                + NodeView.EXCLUDE_LABEL);
      }
      if (isServedFromAnywhere()) {
        return announced(
            coverage.nodes(), new Parties(coverage.everybody(), Optional.empty()), heads);
      }
      // Under policy Local only a node with an endpoint of its own passes traffic on. The others
      // are candidates after those when each can find out by itself whether it has one by now.
      SortedSet<NodeName> withEndpoint = new TreeSet<>();
      services.forEach(service -> withEndpoint.addAll(endpoints(service).nodes()));
      List<NodeName> local = coverage.among(withEndpoint);
      if (local.isEmpty()) {
        return nowhere(
            Reason.NO_LOCAL_ENDPOINT,
            "externalTrafficPolicy is Local and no node that may announce has an endpoint that"
                + " serves");
      }
      return announced(
          local,
          new Parties(
              coverage.only(withEndpoint),
              healthPort().isPresent() ? Optional.of(coverage.everybody()) : Optional.empty()),
          heads);
    }

    private boolean isServedFromAnywhere() {
      return services.stream()
          .anyMatch(
              service ->
                  service.trafficPolicy() == TrafficPolicy.CLUSTER
                      && endpoints(service).total() > 0);
    }

    private EndpointView endpoints(ServiceView service) {
      return view.endpointsOf(service.ref());
    }

    /// @param may the nodes that may announce, with a speaker or without
    private AddressReach announced(List<NodeName> may, Parties parties, Heads heads) {
      Crew serving = parties.serving();
      if (serving.isEmpty()) {
        return nowhere(
            Reason.NO_SPEAKER, "none of the nodes that may announce has a speaker: " + names(may));
      }
      IpAddress address = record.address();
      Roster roster = parties.roster(address);
      if (roster.isEmpty()) {
        return serving.isRouted()
            ? somewhere(shares(parties, List.of()))
            : parties.hasCandidates()
                ? nowhere(Reason.NOT_ON_LINK, parties.notOnLink(may, address.family()))
                : nowhere(Reason.NO_PEER, noPeer(may));
      }
      Optional<NodeName> owner = heads.owner(address);
      NodeName head = heads.head(address, roster, coverage.rebalance());
      List<NodeName> ranked = roster.following(head, address);
      if (heads.isMoving(address)) {
        ranked = withOwnerNext(ranked, owner);
      }
      List<NodeName> fixed = ranked;
      return owner
          .filter(node -> isLeaving(node, roster, fixed))
          .map(node -> withLeaving(node, parties, fixed))
          .orElseGet(() -> somewhere(shares(parties, fixed)));
    }

    private List<Share> shares(Parties parties, List<NodeName> ranked) {
      Crew serving = parties.serving();
      List<Share> shares =
          serving.announce(record.address(), owner(), text(), healthPort(), ranked);
      if (parties.others().isEmpty() || ranked.isEmpty()) {
        return shares;
      }
      List<Share> all = new ArrayList<>(shares);
      all.addAll(
          parties
              .others()
              .get()
              .standBy(record.address(), owner(), text(), healthPort(), ranked, serving.nodes()));
      return all;
    }

    /// Should the first one not be able to take the address over, it stays where it is.
    private static List<NodeName> withOwnerNext(List<NodeName> ranked, Optional<NodeName> owner) {
      int at = owner.map(ranked::indexOf).orElse(-1);
      if (at <= 1) {
        return ranked;
      }
      List<NodeName> order = new ArrayList<>(ranked);
      order.add(1, order.remove(at));
      return order;
    }

    /// It announces, though it should not any more or comes too late on the list to be on it.
    private boolean isLeaving(NodeName node, Roster roster, List<NodeName> ranked) {
      return !ranked.contains(node) && (roster.contains(node) || coverage.isHeard(node));
    }

    /// It stays last on the list until another one announces, so that nobody misses the address
    /// meanwhile.
    private AddressReach withLeaving(NodeName node, Parties parties, List<NodeName> ranked) {
      List<NodeName> longer = new ArrayList<>(ranked);
      longer.add(node);
      List<Share> shares = new ArrayList<>(shares(parties, longer));
      if (shares.stream().noneMatch(share -> share.nodes().contains(node))) {
        shares.add(
            new Share(
                new TreeSet<>(List.of(node)),
                new Announcement(
                    record.address(),
                    owner(),
                    text(),
                    Optional.of(new Layer2(Crew.UNNUMBERED, longer, parties.interfaces())),
                    List.of(),
                    healthPort())));
      }
      return somewhere(shares);
    }

    private static AddressReach somewhere(List<Share> shares) {
      if (shares.size() == 1) {
        return new Somewhere(shares.getFirst().nodes(), shares);
      }
      SortedSet<NodeName> nodes = new TreeSet<>();
      shares.forEach(share -> nodes.addAll(share.nodes()));
      return new Somewhere(nodes, shares);
    }

    /// Empty unless the policy of every Service is Local: then each node asks its own proxy. Of
    /// several the lowest, which any of them tells as well as another.
    private OptionalInt healthPort() {
      return services.stream()
              .allMatch(
                  service ->
                      service.trafficPolicy() == TrafficPolicy.LOCAL
                          && service.healthCheckNodePort().isPresent())
          ? services.stream().mapToInt(one -> one.healthCheckNodePort().getAsInt()).min()
          : OptionalInt.empty();
    }

    private String text() {
      return RecordText.write(record);
    }

    private String noPeer(List<NodeName> may) {
      return "no BGPPeer that the advertisements name is for one of " + names(may);
    }

    private static String names(List<NodeName> nodes) {
      return nodes.stream().map(NodeName::value).collect(Collectors.joining(", "));
    }

    private Owner owner() {
      SortedSet<ServiceRef> holders = new TreeSet<>();
      record.holders().forEach(holder -> holders.add(holder.service()));
      return new Owner.Services(holders);
    }
  }
}
