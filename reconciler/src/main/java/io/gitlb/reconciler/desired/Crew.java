// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.desired.AddressReach.Share;
import io.gitlb.reconciler.desired.Candidates.Candidate;
import io.gitlb.reconciler.desired.Coverage.Candidacy;
import io.gitlb.reconciler.desired.Coverage.Member;
import io.gitlb.reconciler.desired.Coverage.Told;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.Announcement.Layer2;
import io.gitlb.schema.protocol.Announcement.Owner;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The nodes that announce an address together, in groups that announce the same.
final class Crew {

  /// Stands where the term will be: what has no number yet has no term either.
  static final Generation UNNUMBERED = new Generation(1, 1);

  private final boolean isEmpty;

  /// Those that announce on links, in parts that reach the same.
  private final List<Part> parts;

  /// which of the parts, by index → their roster
  private final Map<BitSet, Roster> rosters = new HashMap<>();

  private final List<Group> groups;

  /// The nodes of all groups.
  private final SortedSet<NodeName> nodes;

  private record Part(PartKey key, List<Member> members) {}

  private record PartKey(Optional<List<String>> interfaces, Optional<NodeLinks> links) {}

  private record Group(Told told, SortedSet<NodeName> nodes) {}

  /// @param members in the order of their names, every one with a speaker
  Crew(List<Member> members) {
    isEmpty = members.isEmpty();
    parts = parts(members);
    Predicate<Member> routing = routing(members);
    Map<Told, SortedSet<NodeName>> byTold = new LinkedHashMap<>();
    for (Member member : members) {
      Told told = routing.test(member) ? member.told() : member.toldWithoutRoutes();
      byTold.computeIfAbsent(told, _ -> new TreeSet<>()).add(member.traits().name());
    }
    groups =
        byTold.entrySet().stream()
            .filter(entry -> entry.getKey().isAnything())
            .map(
                entry ->
                    new Group(entry.getKey(), Collections.unmodifiableSortedSet(entry.getValue())))
            .toList();
    nodes = united(groups);
  }

  /// Which of them tell routers: nodes whose network is reported down attract no routes, nor do
  /// those that have withdrawn, unless no other one has any to tell.
  private static Predicate<Member> routing(List<Member> members) {
    Predicate<Member> isUp = member -> member.traits().network() == Network.AVAILABLE;
    Predicate<Member> stands = isUp.and(member -> member.routing() == Candidacy.STANDS);
    return Stream.of(stands, isUp)
        .filter(kind -> members.stream().filter(kind).anyMatch(one -> one.told().isRouted()))
        .findFirst()
        .orElse(_ -> true);
  }

  private static List<Part> parts(List<Member> members) {
    Map<PartKey, List<Member>> byKey = new LinkedHashMap<>();
    for (Member member : members) {
      if (member.told().interfaces().isPresent()) {
        byKey
            .computeIfAbsent(
                new PartKey(member.told().interfaces(), member.links()), _ -> new ArrayList<>())
            .add(member);
      }
    }
    return byKey.entrySet().stream()
        .map(entry -> new Part(entry.getKey(), List.copyOf(entry.getValue())))
        .toList();
  }

  private static SortedSet<NodeName> united(List<Group> groups) {
    if (groups.size() == 1) {
      return groups.getFirst().nodes();
    }
    SortedSet<NodeName> united = new TreeSet<>();
    groups.forEach(group -> united.addAll(group.nodes()));
    return Collections.unmodifiableSortedSet(united);
  }

  /// No member.
  boolean isEmpty() {
    return isEmpty;
  }

  /// The nodes that have something to announce.
  SortedSet<NodeName> nodes() {
    return nodes;
  }

  /// What each group announces. A node that tells no router of the address has to do with it only
  /// as a candidate.
  ///
  /// @param record the ledger's text
  /// @param healthCheckNodePort under policy Local
  /// @param ranked the candidates, best first; none when nobody announces on links
  List<Share> announce(
      IpAddress address,
      Owner owner,
      String record,
      OptionalInt healthCheckNodePort,
      List<NodeName> ranked) {
    List<Share> shares = new ArrayList<>(groups.size());
    for (Group group : groups) {
      Told told = group.told();
      SortedSet<NodeName> own = told.isRouted() ? group.nodes() : among(group.nodes(), ranked);
      if (!own.isEmpty()) {
        shares.add(
            new Share(
                own,
                new Announcement(
                    address,
                    owner,
                    record,
                    layer2(told, ranked),
                    told.routes(address),
                    healthCheckNodePort)));
      }
    }
    return shares;
  }

  /// What those of the candidates announce that are here and not among the others: they tell no
  /// router of the address.
  ///
  /// @param ranked the candidates, best first
  /// @param others nodes that something else is said of
  List<Share> standBy(
      IpAddress address,
      Owner owner,
      String record,
      OptionalInt healthCheckNodePort,
      List<NodeName> ranked,
      SortedSet<NodeName> others) {
    List<Share> shares = new ArrayList<>(groups.size());
    for (Group group : groups) {
      SortedSet<NodeName> own = new TreeSet<>(among(group.nodes(), ranked));
      own.removeAll(others);
      Optional<Layer2> layer2 = layer2(group.told(), ranked);
      if (!own.isEmpty() && layer2.isPresent()) {
        shares.add(
            new Share(
                own,
                new Announcement(address, owner, record, layer2, List.of(), healthCheckNodePort)));
      }
    }
    return shares;
  }

  private static Optional<Layer2> layer2(Told told, List<NodeName> ranked) {
    return ranked.isEmpty()
        ? Optional.empty()
        : told.interfaces().map(names -> new Layer2(UNNUMBERED, ranked, names));
  }

  private static SortedSet<NodeName> among(SortedSet<NodeName> nodes, List<NodeName> ranked) {
    if (nodes.size() <= ranked.size() && ranked.containsAll(nodes)) {
      return nodes;
    }
    SortedSet<NodeName> among = new TreeSet<>(ranked);
    among.retainAll(nodes);
    return Collections.unmodifiableSortedSet(among);
  }

  /// Those of the nodes that announce the address on links.
  Roster roster(IpAddress address) {
    BitSet reaching = new BitSet(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      reaching.set(i, parts.get(i).members().getFirst().reaches(address));
    }
    return rosters.computeIfAbsent(reaching, this::roster);
  }

  /// Those that have withdrawn count when there are no others.
  private Roster roster(BitSet reaching) {
    List<Member> all =
        reaching.stream().boxed().flatMap(i -> parts.get(i).members().stream()).toList();
    List<Candidate> standing = new ArrayList<>();
    all.stream()
        .filter(member -> member.candidacy() == Candidacy.STANDS)
        .forEach(member -> standing.add(member.candidate()));
    return new Roster(standing.isEmpty() ? all.stream().map(Member::candidate).toList() : standing);
  }

  /// Whether any of the nodes announces on links, whatever it reaches.
  boolean hasCandidates() {
    return !parts.isEmpty();
  }

  /// Whether any of the nodes tells a router.
  boolean isRouted() {
    return groups.stream().anyMatch(group -> group.told().isRouted());
  }

  /// What those that announce on links reach there.
  SortedSet<IpPrefix> onLink() {
    SortedSet<IpPrefix> onLink = new TreeSet<>();
    for (Part part : parts) {
      part.key()
          .links()
          .ifPresent(
              links ->
                  links
                      .onLink(part.key().interfaces().orElse(List.of()))
                      .forEach(prefix -> onLink.add(prefix)));
    }
    return onLink;
  }

  /// On which interfaces any of the nodes announces, none for all of them.
  List<String> interfaces() {
    List<List<String>> named =
        groups.stream().flatMap(group -> group.told().interfaces().stream()).toList();
    return named.stream().anyMatch(List::isEmpty)
        ? List.of()
        : named.stream().flatMap(List::stream).distinct().sorted().toList();
  }
}
