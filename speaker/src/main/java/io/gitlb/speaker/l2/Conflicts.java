// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Other stations that claim an address while this node holds it: always defended, at most once in
/// ten seconds (RFC 5227 section 2.4 (c)), whatever comes in.
///
/// A node of ours is not defended against: a speaker that claims the address is for ownership to
/// settle, anything else on a node is a fault to be shown. In constant memory for each address
/// held.
public final class Conflicts {

  /// DEFEND_INTERVAL of RFC 5227 section 1.1. Nothing about an address is said or sent more often.
  static final Duration DEFEND_INTERVAL = Duration.ofSeconds(10);

  /// A conflict is over when nobody was heard for so long: longer than neighbours keep quiet.
  static final Duration CALM = Duration.ofSeconds(30);

  /// A node that has just handed an address over may be heard a moment longer.
  static final Duration HAND_OVER = Duration.ofSeconds(2);

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  // Address held → who else was heard to claim it (1:1).
  private final SortedMap<IpAddress, Contention> contentions = new TreeMap<>();
  private Instant nextLook = Instant.MIN;

  /// What a sighting leads to.
  public enum Reaction {
    /// Nothing.
    NONE,
    /// The conflict is new, or another station's: tell people.
    REPORT,
    /// As [#REPORT], and send one round of announcements.
    REPORT_AND_DEFEND,
    /// Send one round of announcements.
    DEFEND
  }

  /// A conflict as people see it.
  ///
  /// @param mac the station that was reported last
  public record Conflict(MacAddress mac, HolderKind kind, Instant since, Instant lastSeen) {}

  /// Somebody was heard while this node holds the address. A probe is no conflict: that it is
  /// answered is the defence; neither is a speaker that claims the address: ownership settles that.
  public Reaction heard(Sighting sighting, OwnNodes.Whose whose, Instant now) {
    if (sighting.kind() == SightingKind.PROBE) {
      return Reaction.NONE;
    }
    return switch (whose) {
      case OwnNodes.Whose.ClaimingMember _ -> Reaction.NONE;
      case OwnNodes.Whose.OtherMember(NodeName node) ->
          contention(sighting, now).member(node, sighting.mac(), now);
      case OwnNodes.Whose.Foreign _ -> contention(sighting, now).foreign(sighting.mac(), now);
    };
  }

  private Contention contention(Sighting sighting, Instant now) {
    return contentions.computeIfAbsent(sighting.address(), _ -> new Contention(now));
  }

  /// The address is not held any more.
  public void released(IpAddress address) {
    contentions.remove(address);
  }

  /// Forgets what has been calm; looks once a second, since all of it may be in contention.
  ///
  /// @return the addresses whose conflict is over, sorted
  public List<IpAddress> advance(Instant now) {
    if (now.isBefore(nextLook)) {
      return List.of();
    }
    nextLook = now.plus(LOOK_INTERVAL);
    List<IpAddress> over = new ArrayList<>();
    contentions.forEach(
        (address, contention) -> {
          if (contention.isCalm(now) && contention.conflict.isPresent()) {
            over.add(address);
          }
        });
    contentions.values().removeIf(contention -> contention.isCalm(now));
    return List.copyOf(over);
  }

  /// When to look for calm again; empty when nothing is in contention.
  public Optional<Instant> nextDue() {
    return contentions.isEmpty() ? Optional.empty() : Optional.of(nextLook);
  }

  /// Whether there is a conflict about the address now.
  public boolean isContested(IpAddress address) {
    Contention contention = contentions.get(address);
    return contention != null && contention.conflict.isPresent();
  }

  /// Address → its conflict, where there is one.
  public SortedMap<IpAddress, Conflict> current() {
    SortedMap<IpAddress, Conflict> current = new TreeMap<>();
    contentions.forEach(
        (address, contention) ->
            contention.conflict.ifPresent(conflict -> current.put(address, conflict)));
    return current;
  }

  /// What was heard about one address.
  private static final class Contention {
    private Optional<Conflict> conflict = Optional.empty();
    private Instant lastSeen;
    private Instant nextReport = Instant.MIN;
    private Instant nextDefence = Instant.MIN;
    // Node that claims nothing → when it has been heard all the same (1:1); forgotten when calm.
    private final Map<NodeName, Spell> members = new TreeMap<>();

    private record Spell(Instant first, Instant last) {}

    Contention(Instant now) {
      this.lastSeen = now;
    }

    boolean isCalm(Instant now) {
      return !lastSeen.plus(CALM).isAfter(now);
    }

    Reaction member(NodeName node, MacAddress mac, Instant now) {
      members.values().removeIf(spell -> !spell.last().plus(CALM).isAfter(now));
      Instant first = members.getOrDefault(node, new Spell(now, now)).first();
      members.put(node, new Spell(first, now));
      if (now.isBefore(first.plus(HAND_OVER))) {
        lastSeen = conflict.isPresent() ? lastSeen : now;
        return Reaction.NONE;
      }
      HolderKind kind =
          members.size() > 1 ? HolderKind.KERNEL_ANSWERS : HolderKind.OTHER_ANNOUNCER_ON_NODE;
      // A foreign station is the graver fault: it stays shown until it is calm.
      boolean masked = conflict.filter(one -> one.kind() == HolderKind.FOREIGN).isPresent();
      return !masked && note(mac, kind, now) ? Reaction.REPORT : Reaction.NONE;
    }

    Reaction foreign(MacAddress mac, Instant now) {
      boolean report = note(mac, HolderKind.FOREIGN, now);
      if (now.isBefore(nextDefence)) {
        return report ? Reaction.REPORT : Reaction.NONE;
      }
      nextDefence = now.plus(DEFEND_INTERVAL);
      return report ? Reaction.REPORT_AND_DEFEND : Reaction.DEFEND;
    }

    /// @return whether people are to be told
    private boolean note(MacAddress mac, HolderKind kind, Instant now) {
      lastSeen = now;
      Conflict before = conflict.orElseGet(() -> new Conflict(mac, kind, now, now));
      boolean same = before.kind() == kind && before.mac().equals(mac);
      // Many nodes' kernels answer in turn; that is one conflict, not a new one each time.
      boolean kernels =
          before.kind() == HolderKind.KERNEL_ANSWERS && kind == HolderKind.KERNEL_ANSWERS;
      boolean another = !same && !kernels && !now.isBefore(nextReport);
      boolean report = conflict.isEmpty() || another;
      if (report) {
        nextReport = now.plus(DEFEND_INTERVAL);
      }
      conflict =
          Optional.of(
              another
                  ? new Conflict(mac, kind, now, now)
                  : new Conflict(before.mac(), before.kind(), before.since(), now));
      return report;
    }
  }
}
