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
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What we have told one peer in one session (RFC 4271 section 3.2). It takes the whole desired set
/// and answers with the fewest UPDATEs that lead there; it counts them as sent, so the caller sends
/// all of them in order or gives up the session. One owner, no locks.
public final class AdjRibOut {

  private final Negotiated session;
  private final NextHops nextHops;
  private final Export export;

  /// prefix → its attributes as the peer has it from us (1:1). It is the set that was given, where
  /// nothing was left out: many peers may share it.
  private SortedMap<IpPrefix, RouteAttributes> told = Collections.emptySortedMap();

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

  /// As below with a whole set, which is copied.
  public Advertisement set(Map<IpPrefix, RouteAttributes> desired) {
    return set(new TreeMap<>(desired), Completeness.WHOLE);
  }

  /// Withdraws first, then announcements with equal attributes together; both sorted. After the
  /// first whole set comes End-of-RIB where somebody waits for it.
  ///
  /// @param desired all routes for this peer; it is kept, so it must not change any more
  public Advertisement set(
      SortedMap<IpPrefix, RouteAttributes> desired, Completeness completeness) {
    Exports exports = new Exports();
    SortedMap<IpPrefix, Omission> omitted = omitted(desired, exports);
    SortedMap<IpPrefix, RouteAttributes> wanted = without(desired, omitted);
    List<Update> updates = new ArrayList<>(withdrawals(wanted));
    updates.addAll(
        announcements(wanted, exports, route -> exports.differ(route, told.get(route.getKey()))));
    told = wanted;
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
    boolean framed = session.extras().contains(Extra.ENHANCED_ROUTE_REFRESH);
    if (framed) {
      messages.add(new RouteRefresh(family, RouteRefresh.BEGIN));
    }
    messages.addAll(
        announcements(
            told, new Exports(), route -> Optional.of(route.getKey().family()).equals(unicast)));
    if (framed) {
      messages.add(new RouteRefresh(family, RouteRefresh.END));
    }
    return messages;
  }

  private SortedMap<IpPrefix, Omission> omitted(
      SortedMap<IpPrefix, RouteAttributes> desired, Exports exports) {
    SortedMap<IpPrefix, Omission> omitted = new TreeMap<>();
    Map<IpFamily, Optional<Omission>> families = new EnumMap<>(IpFamily.class);
    for (Map.Entry<IpPrefix, RouteAttributes> route : desired.entrySet()) {
      IpPrefix prefix = route.getKey();
      Optional<Omission> reason = families.computeIfAbsent(prefix.family(), this::omission);
      if (reason.isPresent()) {
        omitted.put(prefix, reason.get());
      } else if (exports.of(route).room < MessageCodec.lengthOf(prefix)) {
        omitted.put(prefix, Omission.ATTRIBUTES_TOO_LONG);
      }
    }
    return omitted;
  }

  private Optional<Omission> omission(IpFamily family) {
    if (!session.families().contains(AddressFamily.unicast(family))) {
      return Optional.of(Omission.FAMILY_NOT_NEGOTIATED);
    }
    return nextHops.serve(family, session) ? Optional.empty() : Optional.of(Omission.NO_NEXT_HOP);
  }

  private static SortedMap<IpPrefix, RouteAttributes> without(
      SortedMap<IpPrefix, RouteAttributes> desired, SortedMap<IpPrefix, Omission> omitted) {
    if (omitted.isEmpty()) {
      return desired;
    }
    SortedMap<IpPrefix, RouteAttributes> rest = new TreeMap<>(desired);
    rest.keySet().removeAll(omitted.keySet());
    return rest;
  }

  /// What routes of one set are on the wire, each kind of them made once.
  private final class Exports {

    /// a route's family and attributes → the same for the wire (N:1)
    private final Map<IpFamily, Map<RouteAttributes, Exported>> byRoute =
        new EnumMap<>(IpFamily.class);

    /// path attributes → the one that has them (1:1)
    private final Map<List<PathAttribute>, Exported> byAttributes = new HashMap<>();

    Exported of(Map.Entry<IpPrefix, RouteAttributes> route) {
      return of(route.getKey().family(), route.getValue());
    }

    private Exported of(IpFamily family, RouteAttributes route) {
      return byRoute
          .computeIfAbsent(family, _ -> new HashMap<>())
          .computeIfAbsent(
              route,
              one -> byAttributes.computeIfAbsent(export.attributes(family, one), Exported::new));
    }

    /// A route whose attributes changed replaces the old one; it needs no withdrawal.
    boolean differ(Map.Entry<IpPrefix, RouteAttributes> route, @Nullable RouteAttributes before) {
      return before == null
          || !(before.equals(route.getValue())
              || of(route.getKey().family(), before).equals(of(route)));
    }
  }

  /// Equal to itself only: [Exports] has one of each kind.
  private final class Exported {

    private final List<PathAttribute> attributes;

    /// Octets left for prefixes.
    private final int room;

    Exported(List<PathAttribute> attributes) {
      this.attributes = attributes;
      this.room = export.room(attributes);
    }
  }

  private List<Update> withdrawals(Map<IpPrefix, RouteAttributes> wanted) {
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

  private List<Update> announcements(
      SortedMap<IpPrefix, RouteAttributes> routes,
      Exports exports,
      Predicate<Map.Entry<IpPrefix, RouteAttributes>> which) {
    // what is on the wire → the prefixes that have it (1:N), in the order of their first prefix
    Map<Exported, List<IpPrefix>> groups = new LinkedHashMap<>();
    for (Map.Entry<IpPrefix, RouteAttributes> route : routes.entrySet()) {
      if (which.test(route)) {
        groups.computeIfAbsent(exports.of(route), _ -> new ArrayList<>()).add(route.getKey());
      }
    }
    List<Update> updates = new ArrayList<>();
    groups.forEach(
        (exported, prefixes) -> updates.addAll(export.announce(exported.attributes, prefixes)));
    return updates;
  }

  private List<Update> endOfRib() {
    return session.extras().contains(Extra.END_OF_RIB)
        ? session.families().stream().map(Update::endOfRib).toList()
        : List.of();
  }
}
