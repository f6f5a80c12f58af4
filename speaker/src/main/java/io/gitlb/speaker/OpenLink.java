// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.l2.AnswerTable;
import io.gitlb.speaker.l2.DropReason;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.GratuitousAnnouncement;
import io.gitlb.speaker.l2.GratuitousSchedule;
import io.gitlb.speaker.l2.Heard;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.Responder;
import io.gitlb.speaker.l2.SegmentPort;
import io.gitlb.speaker.l2.Verdict;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A link that is being captured: its responder, and the table that the responder answers from. The
/// table is set by the owner of layer 2 and read by the capture thread.
final class OpenLink implements SegmentPort.FrameListener {

  private final String name;
  private Link link;
  private long incarnation;
  private final Responder responder;
  private final VerdictCounts counts;
  private final InstantSource clock;
  private final Fence fence;
  private final Sightings sightings;
  private boolean unjoined;
  private volatile AnswerTable table = AnswerTable.EMPTY;
  private volatile Instant lastAsked = Instant.MIN;

  // What the table was made of.
  private SnapshotMap<IpAddress, Placement> filledFrom = SnapshotMap.empty();
  private SortedSet<IpPrefix> filledFor = Collections.emptySortedSet();
  private SnapshotMap<IpAddress, Boolean> filledWith = SnapshotMap.empty();

  /// @param incarnation a number that no earlier open link of this process had
  /// @param clock monotonic
  /// @param fence asked before each frame that leaves
  /// @param sightings where those of this link go
  OpenLink(
      Link link,
      long incarnation,
      VerdictCounts counts,
      InstantSource clock,
      Fence fence,
      Sightings sightings) {
    this.link = link;
    this.incarnation = incarnation;
    this.counts = counts;
    this.clock = clock;
    this.fence = fence;
    this.sightings = sightings;
    this.name = link.name();
    this.responder = new Responder(link.macAddress());
  }

  /// Takes over what is now known of the same link. Neighbours that know it by another link-local
  /// address have to be told again.
  ///
  /// @param fresh the incarnation from then on
  /// @return whether it reaches other prefixes than before, or sends from another address
  boolean follow(Link now, long fresh) {
    if (link.linkLocal().isPresent() && !link.linkLocal().equals(now.linkLocal())) {
      incarnation = fresh;
    }
    boolean changed =
        !link.onLink().equals(now.onLink()) || !link.linkLocal().equals(now.linkLocal());
    link = now;
    return changed;
  }

  Link link() {
    return link;
  }

  /// When somebody asked last who was answered.
  Instant lastAsked() {
    return lastAsked;
  }

  AnswerTable table() {
    return table;
  }

  long incarnation() {
    return incarnation;
  }

  @Override
  public Heard captured(byte[] frame) {
    Instant now = clock.instant();
    Heard heard = responder.hear(ByteBuffer.wrap(frame), table, now);
    Verdict verdict = fenced(heard.verdict());
    counts.count(verdict);
    if (verdict instanceof Verdict.Reply) {
      lastAsked = now;
    }
    heard.sighting().ifPresent(sighting -> sightings.add(name, sighting));
    return new Heard(verdict, heard.sighting());
  }

  private Verdict fenced(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Reply _ when !fence.isOpen() -> new Verdict.Drop(DropReason.FENCED);
      case Verdict.Reply _, Verdict.Drop _ -> verdict;
    };
  }

  /// What became of a table.
  enum Filling {
    /// It says what it said.
    SAME,
    /// Other addresses are answered, and the same ones watched: the kernel need not be told.
    ANSWERS,
    /// Other addresses are watched.
    WATCHES
  }

  /// Answers from the set from now on. Costs as much as has changed since the last one, while the
  /// link is the same.
  ///
  /// @param probed its keys are watched besides those of the set
  Filling answerFrom(ActiveSet active, SnapshotMap<IpAddress, Boolean> probed) {
    AnswerTable before = table;
    AnswerTable next = before.from(link.linkLocal());
    boolean otherAnswers = false;
    SnapshotMap<IpAddress, Placement> placements = active.placements();
    for (SnapshotMap.Change<IpAddress, Placement> change : placements.changesSince(filledFrom)) {
      AnswerTable.Where where = where(change.after());
      otherAnswers |= where != where(change.before());
      next = next.placed(change.key(), where);
      if (change.before().isEmpty() || change.after().isEmpty()) {
        next = watch(next, change.key(), placements, probed);
      }
    }
    for (SnapshotMap.Change<IpAddress, Boolean> change : probed.changesSince(filledWith)) {
      next = watch(next, change.key(), placements, probed);
    }
    if (!link.onLink().equals(filledFor)) {
      for (IpAddress address : placements.keySet()) {
        next = watch(next, address, placements, probed);
      }
    }
    filledFrom = placements;
    filledFor = link.onLink();
    filledWith = probed;
    table = next;
    if (!next.watchesAs(before)) {
      return Filling.WATCHES;
    }
    return otherAnswers ? Filling.ANSWERS : Filling.SAME;
  }

  /// What others may hold is watched too: its probes are answered before a new filter is in force.
  private AnswerTable watch(
      AnswerTable now,
      IpAddress address,
      SnapshotMap<IpAddress, Placement> placements,
      SnapshotMap<IpAddress, Boolean> probed) {
    boolean wanted =
        probed.containsKey(address)
            || (placements.containsKey(address)
                && link.onLink().stream().anyMatch(prefix -> prefix.contains(address)));
    return wanted ? now.watching(address) : now.notWatching(address);
  }

  private AnswerTable.Where where(Optional<Placement> placement) {
    if (placement.isPresent()
        && placement.get() instanceof Placement.Answered(SortedSet<String> interfaces)) {
      return interfaces.contains(name) ? AnswerTable.Where.HERE : AnswerTable.Where.ELSEWHERE;
    }
    return AnswerTable.Where.NOWHERE;
  }

  /// The addresses whose groups have to be joined: who wants a watched one asks its group.
  SortedSet<Ipv6> watchedIpv6() {
    SortedSet<Ipv6> addresses = new TreeSet<>();
    for (IpAddress address : table.watched()) {
      if (address instanceof Ipv6 v6) {
        addresses.add(v6);
      }
    }
    return addresses;
  }

  /// Whether some groups could not be joined when it was last tried.
  boolean isUnjoined() {
    return unjoined;
  }

  void joined(boolean all) {
    unjoined = !all;
  }

  /// Sends one frame.
  ///
  /// @return whether the kernel took it
  boolean send(SegmentPort.Segment segment, EthernetFrame frame) {
    responder.sending(frame);
    return segment.send(frame);
  }

  /// What became of a round of gratuitous frames.
  enum Round {
    /// The kernel took all of them.
    TAKEN,
    /// It did not take some.
    REFUSED,
    /// The fence was shut before the last one.
    FENCED
  }

  /// Sends one round of gratuitous frames.
  ///
  /// @return what became of it
  Round sendRound(
      SegmentPort.Segment segment, IpAddress address, GratuitousSchedule.Extent extent) {
    int taken = 0;
    int refused = 0;
    for (EthernetFrame frame : GratuitousAnnouncement.round(address, link, extent)) {
      // A process may be stopped between any two frames.
      if (!fence.isOpen()) {
        counts.gratuitous(taken, refused);
        return Round.FENCED;
      }
      if (segment.send(frame)) {
        taken++;
      } else {
        refused++;
      }
    }
    counts.gratuitous(taken, refused);
    return refused == 0 ? Round.TAKEN : Round.REFUSED;
  }
}
