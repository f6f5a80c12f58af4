// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is known of one peer.
final class Peer {

  final NodeName node;
  final Instant since;
  final Sessions sessions = new Sessions();
  private Channel channel = Channel.SILENT;
  private Optional<SpeakerClaims> told = Optional.empty();
  private Map<IpAddress, SpeakerClaims.Claim> claims = Map.of();
  private Optional<SortedSet<IpAddress>> known = Optional.empty();
  private boolean doubted;
  private Instant refusedAt = Instant.MIN;
  // It refuses connections, or did so before it was silent, and lives.
  private boolean survived;
  // Told before it refused, for when it turns out that it lives.
  private Optional<SpeakerClaims> before = Optional.empty();
  private Instant nextSlot = Instant.MIN;
  // Interfaces of the peer → whom it hears there, as it told last; made when asked for.
  private final Map<List<String>, SortedSet<NodeName>> reported = new HashMap<>();

  Peer(NodeName node, Instant since) {
    this.node = node;
    this.since = since;
  }

  /// Whether the session's state is news.
  boolean contact(String interfaceName, Contact contact, Instant now) {
    doubted |= contact != Contact.UP;
    boolean news = sessions.put(interfaceName, contact, now);
    if (refused() && news && contact == Contact.UP) {
      survive();
    } else if (!sessions.isUp()) {
      before = Optional.empty();
      survived &= refused();
    }
    return news;
  }

  /// A refused peer has lost its process as a rule, and with it what it claimed.
  boolean channel(Channel state, Instant now) {
    boolean news = channel != state;
    channel = state;
    nextSlot = Instant.MIN;
    if (!news) {
      return false;
    }
    if (refused()) {
      refuse(now);
    } else if (!open()) {
      // Whoever is silent now was not gone.
      before.ifPresent(content -> remember(Optional.of(content)));
      survived &= sessions.isUp();
    } else {
      survived = false;
    }
    return true;
  }

  // One that refused before, and was silent since then, lives as long as its session goes on.
  private void refuse(Instant now) {
    refusedAt = now;
    survived &= sessions.isUp();
    before = !sessions.isUp() ? Optional.empty() : told;
    known = Optional.empty();
    if (!survived) {
      remember(Optional.empty());
    }
  }

  private void remember(Optional<SpeakerClaims> content) {
    Map<IpAddress, SpeakerClaims.Claim> byAddress = new HashMap<>();
    content.ifPresent(one -> one.claims().forEach(claim -> byAddress.put(claim.address(), claim)));
    told = content;
    claims = byAddress;
    reported.clear();
  }

  // It is heard on the segment, and stands by what it told last.
  private void survive() {
    survived = true;
    if (told.isEmpty()) {
      remember(before);
    }
  }

  /// Whether it is found now that it lives although it refuses connections: its liveness packets
  /// have outlasted the refusal. A dead one's session is down by then.
  boolean outlives(Duration refusal, Instant now) {
    return refused() && !survived && sessions.isHeard() && lives(refusal, now);
  }

  /// Whether it has refused connections since that moment, and not before.
  boolean refusedAfter(Instant moment) {
    return refused() && refusedAt.isAfter(moment);
  }

  /// Whether it is found now that it lives although it refuses connections, of one that gives a
  /// sign of life: a dead one gives none so long after the refusal.
  boolean lives(Duration refusal, Instant now) {
    if (!refused() || survived || now.isBefore(refusedAt.plus(refusal))) {
      return false;
    }
    survive();
    return true;
  }

  /// After a pause of this process, sessions are judged anew, too.
  void paused(Instant now) {
    refusedAt = now;
  }

  /// When it refused connections first, of one that does.
  Instant refusedAt() {
    return refusedAt;
  }

  /// Whether it refuses connections and lives all the same, as far as known.
  boolean survived() {
    return refused() && survived;
  }

  /// Takes what the peer told, unless it is older than what is known of the same run.
  boolean told(SpeakerClaims content) {
    if (told.isPresent()
        && told.get().bootId().equals(content.bootId())
        && told.get().sequence() >= content.sequence()) {
      return more(content);
    }
    known = content.known().or(() -> known.filter(_ -> sameState(content)));
    remember(Optional.of(content));
    before = Optional.empty();
    survived = false;
    channel = Channel.OPEN;
    doubted = false;
    return true;
  }

  // Whether the same claims came with what is known of the state.
  private boolean more(SpeakerClaims content) {
    if (known.isPresent() || content.known().isEmpty() || !sameState(content)) {
      return false;
    }
    known = content.known();
    return true;
  }

  private boolean sameState(SpeakerClaims content) {
    return told.isPresent()
        && told.get().bootId().equals(content.bootId())
        && told.get().stored().equals(content.stored());
  }

  /// Every layer-2 address of its stored state, if it has said so.
  Optional<SortedSet<IpAddress>> known() {
    return known;
  }

  Optional<SpeakerClaims> told() {
    return told;
  }

  Map<IpAddress, SpeakerClaims.Claim> claims() {
    return claims;
  }

  boolean refused() {
    return channel == Channel.REFUSED;
  }

  /// Whether it may have been restarted since it told its claims, and nothing can be asked.
  boolean doubted() {
    return doubted && channel != Channel.OPEN;
  }

  boolean open() {
    return channel == Channel.OPEN;
  }

  /// Whether it has said that it exists or that it does not.
  boolean certain() {
    return refused() || told.isPresent();
  }

  /// Whether it would not take the address now, by its own word.
  boolean declines(IpAddress address) {
    return told.isPresent()
        && (told.get().presence() == SpeakerClaims.Presence.LEAVING
            || told.get().unable().contains(address));
  }

  /// Whether it says that it hears others than members where it answers.
  boolean hearsOthers(SpeakerClaims.Claim claim) {
    return told.isPresent()
        && claim.interfaces().stream()
            .map(name -> told.get().contacts().getOrDefault(name, Collections.emptySortedSet()))
            .anyMatch(nodes -> nodes.contains(node));
  }

  /// The members with which it has contact, on the interfaces of a claim or on all.
  SortedSet<NodeName> reportedContacts(SpeakerClaims.@Nullable Claim claim) {
    if (told.isEmpty()) {
      return Collections.emptySortedSet();
    }
    SortedMap<String, SortedSet<NodeName>> contacts = told.get().contacts();
    List<String> names = claim == null ? List.copyOf(contacts.keySet()) : claim.interfaces();
    return reported.computeIfAbsent(names, key -> union(contacts, key));
  }

  private SortedSet<NodeName> union(
      SortedMap<String, SortedSet<NodeName>> contacts, List<String> names) {
    SortedSet<NodeName> reached = new TreeSet<>();
    names.forEach(
        name -> reached.addAll(contacts.getOrDefault(name, Collections.emptySortedSet())));
    reached.remove(node);
    return reached;
  }

  /// The next moment at which one address of this peer may be probed to see whether it is still
  /// answered for; each call gives another.
  Instant slot(Instant earliest, Duration pace) {
    Instant slot = nextSlot.isBefore(earliest) ? earliest : nextSlot;
    nextSlot = slot.plus(pace);
    return slot;
  }
}
