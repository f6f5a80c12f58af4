// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.Probing.Finding;
import io.gitlb.speaker.l2.Conflicts;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.HeldProbes;
import io.gitlb.speaker.l2.HolderKind;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.OwnNodes;
import io.gitlb.speaker.l2.ProbeFrames;
import io.gitlb.speaker.l2.Sighting;
import io.gitlb.speaker.l2.SightingKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/// Looks at who else uses addresses on the segments: probes those that are asked about, and watches
/// over those that this node announces. Runs on the owner's thread.
final class SegmentWatch {

  private final Sightings sightings;
  private final Surroundings surroundings;
  private final ContentionCounts counts;
  private final Logger log;
  private final Probing probing;
  private final RandomGenerator chance;
  private final HeldProbes heldProbes = new HeldProbes();
  private final Conflicts conflicts = new Conflicts();
  private OwnNodes nodes = OwnNodes.NONE;
  private Function<IpAddress, Set<NodeName>> claimants = _ -> Set.of();
  private SortedMap<IpAddress, Conflict> told = conflicts.current();

  /// What watching needs of layer 2.
  interface Surroundings extends Probing.Surroundings {

    /// Whether a link of this node has this address: with two of them on one segment each hears
    /// what the other says.
    boolean isOwn(MacAddress mac);

    /// The addresses that this node announces now, sorted.
    List<IpAddress> announced();

    /// Sends one round of announcements of an address that this node announces.
    void defend(IpAddress address);

    /// @param conflicts all that there are now; not told for each frame
    void conflicts(SortedMap<IpAddress, Conflict> conflicts);
  }

  SegmentWatch(
      RandomGenerator chance,
      Sightings sightings,
      Surroundings surroundings,
      ContentionCounts counts,
      Logger log) {
    this.chance = chance;
    this.sightings = sightings;
    this.surroundings = surroundings;
    this.counts = counts;
    this.log = log;
    this.probing = new Probing(chance, surroundings, counts);
  }

  /// What came of looking.
  ///
  /// @param probed address that ownership asked for → who was heard
  /// @param claimed address announced here → the members that are heard to announce it, whose
  ///   claims ownership has to look at
  record Seen(
      SortedMap<IpAddress, OwnNodes.Split> probed, SortedMap<IpAddress, Set<NodeName>> claimed) {}

  /// The other nodes of the cluster, and whose speakers claim an address, from now on.
  void members(OwnNodes members, Function<IpAddress, Set<NodeName>> claiming) {
    nodes = members;
    claimants = claiming;
    probing.members(members);
  }

  /// See [Probing#takeOver].
  void takeOver(IpAddress address, Instant now) {
    probing.takeOver(address, now);
  }

  /// See [Probing#cancelTakeOver].
  void cancelTakeOver(IpAddress address) {
    probing.cancelTakeOver(address);
  }

  /// See [Probing#detect].
  void detect(
      SortedSet<IpAddress> addresses, Consumer<SortedMap<IpAddress, Finding>> done, Instant now) {
    probing.detect(addresses, done, now);
  }

  /// Tells all that wait for a detection that there will be none.
  void end() {
    probing.end();
  }

  /// The address is not announced here any more.
  void released(IpAddress address) {
    conflicts.released(address);
    tell();
  }

  /// Takes in what was heard, sends what is due.
  Seen advance(Instant now) {
    SortedMap<IpAddress, Set<NodeName>> claimed = new TreeMap<>();
    // First what was heard: a round that ends now must have all its answers.
    for (Sightings.Heard heard : sightings.take()) {
      probing.sighted(heard.sighting(), heard.interfaceName());
      if (surroundings.isAnnounced(heard.sighting().address())) {
        react(heard.sighting(), claimed, now);
      }
    }
    if (sightings.takeOverflow()) {
      probing.sightingsLost();
    }
    List<IpAddress> over = conflicts.advance(now);
    if (!over.isEmpty()) {
      log.info("layer 2: nobody else is heard any more to use {}", over);
      tell();
    }
    if (heldProbes.isDue(now)) {
      heldProbes
          .take(surroundings.announced(), address -> conflicts.isContested(address), now)
          .ifPresent(this::askFor);
    }
    return new Seen(probing.advance(now), claimed);
  }

  private void askFor(IpAddress address) {
    for (Link link : surroundings.reaching(address)) {
      surroundings.send(link.name(), ProbeFrames.probe(address, link.macAddress(), chance));
    }
  }

  /// When [#advance] has something to do again.
  Optional<Instant> nextDue() {
    List<Instant> due = new ArrayList<>();
    probing.nextDue().ifPresent(due::add);
    conflicts.nextDue().ifPresent(due::add);
    return due.stream().min(Instant::compareTo);
  }

  /// The addresses not announced here of which sightings are wanted: the keys.
  SnapshotMap<IpAddress, Boolean> watched() {
    return probing.watched();
  }

  private void react(Sighting sighting, SortedMap<IpAddress, Set<NodeName>> claimed, Instant now) {
    if (surroundings.isOwn(sighting.mac())) {
      return;
    }
    IpAddress address = sighting.address();
    OwnNodes.Whose whose = nodes.whose(sighting.mac(), claimants.apply(address));
    // A kernel that answers our own question is no speaker for ownership to reckon with.
    if (sighting.kind() == SightingKind.CLAIM && !heldProbes.isAsking(address, now)) {
      // Also of a member whose claim has not come yet.
      node(whose)
          .ifPresent(node -> claimed.computeIfAbsent(address, _ -> new TreeSet<>()).add(node));
    }
    switch (conflicts.heard(sighting, whose, now)) {
      case NONE -> {}
      case REPORT -> report(sighting);
      case REPORT_AND_DEFEND -> {
        defend(address);
        report(sighting);
      }
      case DEFEND -> {
        defend(address);
        tell();
      }
    }
  }

  private static Optional<NodeName> node(OwnNodes.Whose whose) {
    return switch (whose) {
      case OwnNodes.Whose.Foreign _ -> Optional.empty();
      case OwnNodes.Whose.ClaimingMember(NodeName node) -> Optional.of(node);
      case OwnNodes.Whose.OtherMember(NodeName node) -> Optional.of(node);
    };
  }

  private void defend(IpAddress address) {
    counts.defended();
    surroundings.defend(address);
  }

  private void report(Sighting sighting) {
    Conflict conflict = conflicts.current().get(sighting.address());
    if (conflict != null) {
      counts.conflict(conflict.kind());
      log.warn(
          "layer 2: this node announces {}, and {}",
          sighting.address(),
          toldAs(conflict.kind()).words(sighting.mac()));
    }
    tell();
  }

  /// The same, as others are told.
  static ConflictKind toldAs(HolderKind kind) {
    return switch (kind) {
      case FOREIGN -> ConflictKind.FOREIGN;
      case OTHER_ANNOUNCER_ON_NODE -> ConflictKind.OTHER_ANNOUNCER_ON_NODE;
      case KERNEL_ANSWERS -> ConflictKind.KERNEL_ANSWERS;
    };
  }

  private void tell() {
    SortedMap<IpAddress, Conflict> current = conflicts.current();
    if (!current.equals(told)) {
      told = current;
      surroundings.conflicts(current);
    }
  }
}
