// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.show;

import io.gitlb.schema.protocol.RouteLine;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerSession;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/// What a speaker does, as tables; none ends with a line feed.
public final class ShowText {

  /// So many peers are named in a line of a route.
  private static final int MOST_NAMES = 4;

  private ShowText() {}

  /// How often packets go out, and how many may be missing.
  public record Pace(Duration interval, int multiplier) {}

  /// The sessions with routers, as `show bgp summary` has them.
  ///
  /// @param now the time of day
  public static String bgp(SpeakerStatus status, Instant now) {
    if (status.peers().isEmpty()) {
      return "no BGP peer is for node " + status.node();
    }
    Table table =
        new Table(
            "PEER",
            "NEIGHBOUR",
            "AS",
            "LOCAL AS",
            "STATE",
            "SINCE",
            "HOLD",
            "PREFIXES",
            "MSGS IN",
            "MSGS OUT",
            "FLAPS",
            "LAST ERROR");
    for (PeerStatus peer : status.peers()) {
      PeerSession session = peer.session();
      table.row(
          peer.name().value(),
          peer.neighbour(),
          session.peerAsn().map(Object::toString).orElse("external"),
          session.localAsn().map(Object::toString).orElse(""),
          peer.state(),
          Ages.of(peer.since(), now),
          session.holdTime().map(time -> time.toSeconds() + "s").orElse(""),
          Integer.toString(peer.prefixesSent()),
          Long.toString(peer.traffic().messagesIn()),
          Long.toString(peer.traffic().messagesOut()),
          Long.toString(peer.traffic().flaps()),
          lastError(peer, now));
    }
    return table.text() + initialUpdates(status.peers());
  }

  /// The sessions whose peers may not have all routes yet; there are some for moments only.
  private static String initialUpdates(List<PeerStatus> peers) {
    StringBuilder text = new StringBuilder();
    for (PeerStatus peer : peers) {
      peer.session()
          .waitingFor()
          .ifPresent(reason -> text.append("\n").append(peer.name()).append(": ").append(reason));
    }
    return text.isEmpty() ? "" : "\n\nINITIAL UPDATE NOT COMPLETE, NO END-OF-RIB YET" + text;
  }

  private static String lastError(PeerStatus peer, Instant now) {
    String when =
        peer.session().lastErrorAt().map(at -> " (" + Ages.of(at, now) + " ago)").orElse("");
    return peer.lastError().map(text -> text + when).orElse("");
  }

  /// What is wrong with the speaker as a whole, as a part below another one; empty when nothing is.
  /// A peer whose settings are refused is there and nowhere else.
  public static String problems(SpeakerStatus status) {
    return status.problems().isEmpty()
        ? ""
        : "\n\nPROBLEMS\n" + String.join("\n", status.problems());
  }

  /// The sessions with routers, which BGP has asked for, and the liveness sessions with other
  /// speakers.
  ///
  /// @param pace of the liveness sessions
  /// @param now the time of day
  public static String bfd(SpeakerStatus status, Pace pace, Instant now) {
    if (status.members().isEmpty() && status.bfd().isEmpty()) {
      return "node " + status.node() + " has no BFD session";
    }
    Table table =
        new Table(
            "PEER",
            "KIND",
            "FOR",
            "STATE",
            "SINCE",
            "SENT EACH",
            "DOWN AFTER",
            "FLAPS",
            "DIAGNOSTIC");
    for (BfdStatus session : status.bfd()) {
      table.row(
          session.peerAddress().toString(),
          "router",
          joined(session.peers()),
          session.state(),
          Ages.of(session.since(), now),
          millis(session.transmitInterval()),
          millis(session.detectionTime()),
          Long.toString(session.flaps()),
          session.diagnostic().orElse(""));
    }
    for (MemberStatus member : status.members()) {
      table.row(
          member.node().value(),
          "liveness",
          member.interfaceName(),
          member.state(),
          Ages.of(member.since(), now),
          millis(pace.interval()),
          millis(pace.interval().multipliedBy(pace.multiplier())),
          "",
          member.diagnostic().orElse(""));
    }
    return table.text();
  }

  private static String millis(Duration time) {
    return time.isZero() ? "" : time.toMillis() + "ms";
  }

  /// The routes and who has them.
  public static String routes(SpeakerStatus status, List<RouteLine> routes) {
    if (routes.isEmpty()) {
      return "node " + status.node() + " has no route for a peer";
    }
    Table table = new Table("PREFIX", "LOCAL PREF", "COMMUNITIES", "PEERS", "NOT TOLD");
    for (RouteLine route : routes) {
      table.row(
          route.prefix().toString(),
          route.localPreference().isPresent()
              ? Long.toString(route.localPreference().getAsLong())
              : "",
          joined(route.communities()),
          few(route.told()),
          few(
              route.untold().entrySet().stream()
                  .map(peer -> peer.getKey() + " (" + peer.getValue() + ")")
                  .toList()));
    }
    return table.text();
  }

  /// The addresses of layer 2.
  ///
  /// @param now the time of day
  public static String layer2(SpeakerStatus status, Instant now) {
    Table table =
        new Table(
            "ADDRESS", "OWNER", "STATE", "SINCE", "INTERFACES", "LAST GRATUITOUS", "CONFLICT");
    int rows = 0;
    for (AnnouncementStatus one : status.announcements()) {
      if (one.layer2().isPresent()) {
        table.row(row(one, one.layer2().get(), now));
        rows++;
      }
    }
    return rows == 0 ? "no address of layer 2 is for node " + status.node() : table.text();
  }

  private static String[] row(AnnouncementStatus one, Layer2Status layer2, Instant now) {
    return new String[] {
      one.address().toString(),
      layer2.owner().map(Object::toString).orElse(""),
      state(one),
      Ages.of(one.since(), now),
      joined(one.interfaces()),
      layer2.lastGratuitous().map(at -> Ages.of(at, now) + " ago").orElse(""),
      layer2.conflict().map(conflict -> inWords(conflict, now)).orElse("")
    };
  }

  private static String state(AnnouncementStatus one) {
    String state =
        switch (one.state()) {
          case ANNOUNCED -> "announced";
          case STANDBY -> "standby";
          case NOT_ANNOUNCED -> "not announced";
        };
    return one.reason().map(reason -> state + " (" + reason + ")").orElse(state);
  }

  private static String inWords(Conflict conflict, Instant now) {
    String who =
        switch (conflict.kind()) {
          case FOREIGN -> "a foreign station";
          case OTHER_ANNOUNCER_ON_NODE -> "another program on a node, or its kernel";
          case KERNEL_ANSWERS -> "the kernel of a node";
        };
    return "%s, %s, heard %s ago"
        .formatted(conflict.macAddress(), who, Ages.of(conflict.lastSeen(), now));
  }

  /// A hundred names in each of 10,000 lines are more than anybody reads, and than a speaker can
  /// hold; the JSON has all.
  private static String few(Collection<?> items) {
    return items.size() <= MOST_NAMES
        ? joined(items)
        : joined(List.copyOf(items).subList(0, MOST_NAMES - 1))
            + " and "
            + (items.size() - MOST_NAMES + 1)
            + " more";
  }

  private static String joined(Collection<?> items) {
    return items.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}
