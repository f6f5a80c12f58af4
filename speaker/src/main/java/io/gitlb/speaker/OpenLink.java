// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.announce.ActiveSet;
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
import java.time.InstantSource;
import java.util.Set;
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

  AnswerTable table() {
    return table;
  }

  long incarnation() {
    return incarnation;
  }

  @Override
  public Heard captured(byte[] frame) {
    Heard heard = responder.hear(ByteBuffer.wrap(frame), table, clock.instant());
    Verdict verdict = fenced(heard.verdict());
    counts.count(verdict);
    heard.sighting().ifPresent(sighting -> sightings.add(name, sighting));
    return new Heard(verdict, heard.sighting());
  }

  private Verdict fenced(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Reply _ when !fence.isOpen() -> new Verdict.Drop(DropReason.FENCED);
      case Verdict.Reply _, Verdict.Drop _ -> verdict;
    };
  }

  /// Answers from the set from now on.
  ///
  /// @return whether the addresses answered or watched here are others than before
  boolean answerFrom(ActiveSet active, SortedSet<IpAddress> probed) {
    SortedSet<IpAddress> here = active.answeredOn(link.name());
    Set<IpAddress> elsewhere = new TreeSet<>(active.answered());
    elsewhere.removeAll(here);
    // What others may hold is watched too: its probes are answered before a new filter is in force.
    SortedSet<IpAddress> watched = active.concerning(link.onLink());
    watched.addAll(probed);
    AnswerTable before = table;
    table = new AnswerTable(here, elsewhere, watched, link.linkLocal());
    return !before.here().equals(here) || !before.watched().equals(table.watched());
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

  /// Sends one round of gratuitous frames.
  ///
  /// @return whether the kernel took all of them
  boolean sendRound(
      SegmentPort.Segment segment, IpAddress address, GratuitousSchedule.Extent extent) {
    int taken = 0;
    int refused = 0;
    for (EthernetFrame frame : GratuitousAnnouncement.round(address, link, extent)) {
      if (segment.send(frame)) {
        taken++;
      } else {
        refused++;
      }
    }
    counts.gratuitous(taken, refused);
    return refused == 0;
  }
}
