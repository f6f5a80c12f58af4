// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What we have told one peer in one session (RFC 4271 section 3.2). It takes the whole desired set
/// and answers with the fewest UPDATEs that lead there; it counts them as sent, so the caller sends
/// all of them in order or gives up the session. One owner, no locks.
public final class AdjRibOut {

  private final Negotiated session;
  private final WireTerms terms;
  private final UpdateGroups groups;

  private Table table = Table.EMPTY;
  private Completeness known = Completeness.PARTIAL;

  /// Whether a desired set is all that there is.
  public enum Completeness {
    /// Some routes may be missing that a later set will have: it is not known yet whether we should
    /// announce them. The peer keeps what it still has of an earlier run.
    PARTIAL,
    WHOLE
  }

  /// An empty one for a session that has just come up.
  ///
  /// @param groups shared with the sessions of this owner that may be told the same
  public AdjRibOut(Negotiated session, NextHops nextHops, UpdateGroups groups) {
    this.session = session;
    this.terms = WireTerms.of(session, nextHops);
    this.groups = groups;
  }

  /// An empty one that shares nothing.
  public AdjRibOut(Negotiated session, NextHops nextHops) {
    this(session, nextHops, new UpdateGroups());
  }

  /// The number of prefixes that the peer has from us.
  public int size() {
    return table.told().size();
  }

  /// Whether a whole set has been given out, and with it End-of-RIB where somebody waits for that.
  public Completeness completeness() {
    return known;
  }

  /// Whether the peer may be told routes again. Where End-of-RIB was agreed on that comes first
  /// (RFC 7313 section 4.2); nobody else has to wait for a whole set.
  public boolean mayReadvertise() {
    return known == Completeness.WHOLE || !session.has(Extra.END_OF_RIB);
  }

  /// Whether the peer has a route of a node that is about to go.
  public boolean hasLeaving() {
    return table.told().values().stream().anyMatch(AdjRibOut::isLeaving);
  }

  private static boolean isLeaving(RouteAttributes route) {
    return route.outlook() == Outlook.LEAVING;
  }

  /// Withdraws the routes of a node that is about to go.
  public Advertisement withdrawLeaving() {
    SnapshotMap<IpPrefix, RouteAttributes> left = table.told();
    for (Map.Entry<IpPrefix, RouteAttributes> route : table.told().entrySet()) {
      left = isLeaving(route.getValue()) ? left.without(route.getKey()) : left;
    }
    return set(left, known);
  }

  /// Prefix → its attributes (1:1): what the peer has from us when all is sent that was given out.
  public SnapshotMap<IpPrefix, RouteAttributes> told() {
    return table.told();
  }

  /// As below with a whole set.
  public Advertisement set(Map<IpPrefix, RouteAttributes> desired) {
    return set(desired, Completeness.WHOLE);
  }

  /// Withdraws first, then announcements with equal attributes together; both sorted. After the
  /// first whole set comes End-of-RIB where somebody waits for it.
  ///
  /// @param desired all routes for this peer; a [SnapshotMap] costs in proportion to what differs
  ///   from the version before, another map is copied
  public Advertisement set(Map<IpPrefix, RouteAttributes> desired, Completeness completeness) {
    Difference difference = groups.between(terms, table, SnapshotMap.copyOf(desired));
    table = difference.after();
    List<PackedUpdate> updates = new ArrayList<>(difference.updates());
    if (known == Completeness.PARTIAL && completeness == Completeness.WHOLE) {
      known = Completeness.WHOLE;
      updates.addAll(endOfRib());
    }
    return new Advertisement(updates, table.omitted());
  }

  /// All routes of a family again, as the peer asked for (RFC 2918, RFC 7313 section 4).
  public List<Message> readvertise(AddressFamily family) {
    List<Message> messages = new ArrayList<>();
    boolean framed = session.extras().contains(Extra.ENHANCED_ROUTE_REFRESH);
    if (framed) {
      messages.add(new RouteRefresh(family, RouteRefresh.BEGIN));
    }
    family.unicastOf().ifPresent(unicast -> messages.addAll(all(unicast)));
    if (framed) {
      messages.add(new RouteRefresh(family, RouteRefresh.END));
    }
    return messages;
  }

  private List<Update> all(IpFamily family) {
    Exports exports = new Exports(terms);
    Map<Exported, List<IpPrefix>> routes = new LinkedHashMap<>();
    table
        .told()
        .forEach(
            (prefix, route) -> {
              if (prefix.family() == family) {
                routes
                    .computeIfAbsent(exports.of(family, route), _ -> new ArrayList<>())
                    .add(prefix);
              }
            });
    return exports.announcements(routes).stream().map(PackedUpdate::update).toList();
  }

  private List<PackedUpdate> endOfRib() {
    Export export = new Export(terms);
    return session.extras().contains(Extra.END_OF_RIB)
        ? session.families().stream().map(family -> export.pack(Update.endOfRib(family))).toList()
        : List.of();
  }
}
