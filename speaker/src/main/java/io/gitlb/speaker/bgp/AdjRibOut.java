// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.PathAttribute;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What we have told one peer in one session (RFC 4271 section 3.2). It takes the whole desired set
/// and answers with the fewest UPDATEs that lead there; it counts them as sent, so the caller sends
/// all of them in order or gives up the session. One owner, no locks.
public final class AdjRibOut {

  private final Negotiated session;
  private final NextHops nextHops;
  private final Export export;

  /// prefix → its attributes as the peer knows them (1:1); equal ones are one object
  private final NavigableMap<IpPrefix, List<PathAttribute>> told = new TreeMap<>();

  private Completeness known = Completeness.PARTIAL;

  /// Whether a desired set is all that there is.
  public enum Completeness {
    /// Some routes may be missing that a later set will have: it is not known yet whether we should
    /// announce them. The peer keeps what it still has of an earlier run.
    PARTIAL,
    WHOLE
  }

  /// An empty one for a session that has just come up.
  public AdjRibOut(Negotiated session, NextHops nextHops) {
    this.session = session;
    this.nextHops = nextHops;
    this.export = new Export(session, nextHops);
  }

  /// The number of prefixes that the peer has from us.
  public int size() {
    return told.size();
  }

  /// Whether the peer has had a whole set: only then it may be told that a refresh begins (RFC 7313
  /// section 4.2).
  public boolean isWhole() {
    return known == Completeness.WHOLE;
  }

  /// As below with a whole set.
  public Advertisement set(Map<IpPrefix, RouteAttributes> desired) {
    return set(desired, Completeness.WHOLE);
  }

  /// Withdraws first, then announcements with equal attributes together; both sorted. After the
  /// first whole set comes End-of-RIB where somebody waits for it.
  ///
  /// @param desired all routes for this peer
  public Advertisement set(Map<IpPrefix, RouteAttributes> desired, Completeness completeness) {
    SortedMap<IpPrefix, Omission> omitted = new TreeMap<>();
    NavigableMap<IpPrefix, List<PathAttribute>> wanted = wanted(desired, omitted);
    List<Update> updates = new ArrayList<>(withdrawals(wanted));
    updates.addAll(announcements(changed(wanted)));
    told.keySet().retainAll(wanted.keySet());
    told.putAll(wanted);
    if (known == Completeness.PARTIAL && completeness == Completeness.WHOLE) {
      known = Completeness.WHOLE;
      updates.addAll(endOfRib());
    }
    return new Advertisement(updates, omitted);
  }

  /// All routes of a family again, as the peer asked for (RFC 2918, RFC 7313 section 4).
  public List<Message> readvertise(AddressFamily family) {
    List<Message> messages = new ArrayList<>();
    Optional<IpFamily> unicast = family.unicastOf();
    NavigableMap<IpPrefix, List<PathAttribute>> routes = new TreeMap<>(told);
    routes.keySet().removeIf(prefix -> !Optional.of(prefix.family()).equals(unicast));
    boolean framed = session.extras().contains(Extra.ENHANCED_ROUTE_REFRESH);
    if (framed) {
      messages.add(new RouteRefresh(family, RouteRefresh.BEGIN));
    }
    messages.addAll(announcements(routes));
    if (framed) {
      messages.add(new RouteRefresh(family, RouteRefresh.END));
    }
    return messages;
  }

  private NavigableMap<IpPrefix, List<PathAttribute>> wanted(
      Map<IpPrefix, RouteAttributes> desired, SortedMap<IpPrefix, Omission> omitted) {
    // a route's family and attributes → the same for the wire (N:1)
    Map<FamilyRoute, Exported> exports = new HashMap<>();
    NavigableMap<IpPrefix, List<PathAttribute>> wanted = new TreeMap<>();
    for (Map.Entry<IpPrefix, RouteAttributes> route : desired.entrySet()) {
      IpPrefix prefix = route.getKey();
      IpFamily family = prefix.family();
      if (!session.families().contains(AddressFamily.unicast(family))) {
        omitted.put(prefix, Omission.FAMILY_NOT_NEGOTIATED);
      } else if (!nextHops.serve(family, session)) {
        omitted.put(prefix, Omission.NO_NEXT_HOP);
      } else {
        Exported exported =
            exports.computeIfAbsent(new FamilyRoute(family, route.getValue()), this::export);
        if (exported.room() >= MessageCodec.lengthOf(prefix)) {
          wanted.put(prefix, exported.attributes());
        } else {
          omitted.put(prefix, Omission.ATTRIBUTES_TOO_LONG);
        }
      }
    }
    return wanted;
  }

  private record FamilyRoute(IpFamily family, RouteAttributes route) {}

  /// @param room octets left for prefixes
  private record Exported(List<PathAttribute> attributes, int room) {}

  private Exported export(FamilyRoute route) {
    List<PathAttribute> attributes = export.attributes(route.family(), route.route());
    return new Exported(attributes, export.room(attributes));
  }

  private List<Update> withdrawals(Map<IpPrefix, List<PathAttribute>> wanted) {
    List<Update> updates = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      List<IpPrefix> gone =
          told.keySet().stream()
              .filter(prefix -> prefix.family() == family && !wanted.containsKey(prefix))
              .toList();
      updates.addAll(export.withdraw(family, gone));
    }
    return updates;
  }

  /// A route whose attributes changed replaces the old one; it needs no withdrawal.
  private NavigableMap<IpPrefix, List<PathAttribute>> changed(
      NavigableMap<IpPrefix, List<PathAttribute>> wanted) {
    NavigableMap<IpPrefix, List<PathAttribute>> changed = new TreeMap<>(wanted);
    changed.entrySet().removeIf(route -> route.getValue().equals(told.get(route.getKey())));
    return changed;
  }

  private List<Update> announcements(NavigableMap<IpPrefix, List<PathAttribute>> routes) {
    // path attributes → the prefixes that have them (1:N), in the order of their first prefix
    Map<List<PathAttribute>, List<IpPrefix>> groups = new LinkedHashMap<>();
    routes.forEach(
        (prefix, attributes) ->
            groups.computeIfAbsent(attributes, _ -> new ArrayList<>()).add(prefix));
    List<Update> updates = new ArrayList<>();
    groups.forEach((attributes, prefixes) -> updates.addAll(export.announce(attributes, prefixes)));
    return updates;
  }

  private List<Update> endOfRib() {
    return session.extras().contains(Extra.END_OF_RIB)
        ? session.families().stream().map(Update::endOfRib).toList()
        : List.of();
  }
}
