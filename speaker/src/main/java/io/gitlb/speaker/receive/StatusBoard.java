// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerTraffic;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The speaker's status, with a sequence number that counts up with every change, and those who
/// wait for the next one.
///
/// Any thread may publish and read. Publishing what is there already changes nothing.
public final class StatusBoard {

  /// Changes that come together are told together: one answer holds up to 10,000 announcements.
  private static final Duration SETTLE = Duration.ofMillis(20);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // What has a problem → the problem, for people (1:1).
  private final SortedMap<String, String> problems = new TreeMap<>();

  private SpeakerStatus status;
  private volatile Supplier<SortedMap<String, Long>> counters = Collections::emptySortedMap;
  private volatile Supplier<SortedMap<PeerName, PeerTraffic>> traffic = Collections::emptySortedMap;
  private boolean closed;

  /// @param bootId another one for each start of the speaker
  public StatusBoard(NodeName node, String bootId) {
    status =
        new SpeakerStatus(
            node, bootId, 1, Optional.empty(), Optional.empty(), List.of(), List.of(), List.of());
  }

  /// What layer 2 and BGP do now, all of it.
  ///
  /// @param members sorted by node and interface
  public void publish(
      List<AnnouncementStatus> announcements,
      List<PeerStatus> peers,
      List<InterfaceStatus> interfaces,
      List<MemberStatus> members) {
    List<AnnouncementStatus> byAddress =
        announcements.stream().sorted(Comparator.comparing(AnnouncementStatus::address)).toList();
    List<PeerStatus> byPeer =
        peers.stream().sorted(Comparator.comparing(PeerStatus::name)).toList();
    List<InterfaceStatus> byInterface =
        interfaces.stream().sorted(Comparator.comparing(InterfaceStatus::name)).toList();
    change(
        draft -> {
          draft.announcements = byAddress;
          draft.peers = byPeer;
          draft.interfaces = byInterface;
          draft.members = members;
        });
  }

  /// What BFD does with routers now, all of it.
  ///
  /// @param sessions sorted by the peer's address
  public void bfd(List<BfdStatus> sessions) {
    change(draft -> draft.bfd = sessions);
  }

  /// Where the counters are read from, each time that the status is told.
  ///
  /// @param source may be called from any thread
  public void counters(Supplier<SortedMap<String, Long>> source) {
    counters = source;
  }

  /// Where the peers' traffic is read from, each time that the status is told.
  ///
  /// @param source may be called from any thread
  public void traffic(Supplier<SortedMap<PeerName, PeerTraffic>> source) {
    traffic = source;
  }

  private List<PeerStatus> withTraffic(List<PeerStatus> peers) {
    SortedMap<PeerName, PeerTraffic> now = traffic.get();
    return peers.stream()
        .map(peer -> peer.withTraffic(now.getOrDefault(peer.name(), PeerTraffic.NONE)))
        .toList();
  }

  /// Says what is wrong with a part of the speaker.
  ///
  /// @param part names it; shown before the message
  public void problem(String part, String message) {
    changeProblems(() -> problems.put(part, message));
  }

  /// That part is all right again.
  public void solved(String part) {
    changeProblems(() -> problems.remove(part));
  }

  void stored(Generation generation) {
    change(draft -> draft.stored = Optional.of(generation));
  }

  void applied(Generation generation) {
    change(draft -> draft.applied = Optional.of(generation));
  }

  /// The status as it is now.
  public SpeakerStatus current() {
    SpeakerStatus found;
    lock.lock();
    try {
      found = status;
    } finally {
      lock.unlock();
    }
    return withCounters(found);
  }

  /// Waits until the sequence is another one than `after`, at most for `wait`.
  ///
  /// @param boot that `after` belongs to; empty: not known
  SpeakerStatus await(long after, Optional<String> boot, Duration wait)
      throws InterruptedException {
    SpeakerStatus found;
    lock.lockInterruptibly();
    try {
      boolean waited = false;
      long remaining = wait.toNanos();
      while (!closed && remaining > 0 && isKnown(after, boot)) {
        remaining = changed.awaitNanos(remaining);
        waited = true;
      }
      if (waited && !closed && remaining > 0) {
        settle();
      }
      found = status;
    } finally {
      lock.unlock();
    }
    return withCounters(found);
  }

  private boolean isKnown(long after, Optional<String> boot) {
    return status.sequence() == after && boot.filter(id -> !id.equals(status.bootId())).isEmpty();
  }

  private void settle() throws InterruptedException {
    long remaining = SETTLE.toNanos();
    while (!closed && remaining > 0) {
      remaining = changed.awaitNanos(remaining);
    }
  }

  /// Lets everybody go who waits, now and later.
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void change(Consumer<Draft> edit) {
    lock.lock();
    try {
      Draft draft = new Draft(status);
      edit.accept(draft);
      if (!draft.toStatus().equals(status)) {
        draft.sequence++;
        status = draft.toStatus();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void changeProblems(Runnable edit) {
    lock.lock();
    try {
      edit.run();
      List<String> lines =
          problems.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + entry.getValue())
              .toList();
      change(draft -> draft.problems = lines);
    } finally {
      lock.unlock();
    }
  }

  /// Called without the lock: who counts may hold a lock of its own while it tells this board.
  private SpeakerStatus withCounters(SpeakerStatus found) {
    Draft draft = new Draft(found);
    draft.peers = withTraffic(found.peers());
    draft.counters = counters.get();
    return draft.toStatus();
  }

  /// A status of which some parts become others.
  private static final class Draft {

    private final SpeakerStatus old;
    private long sequence;
    private Optional<Generation> stored;
    private Optional<Generation> applied;
    private List<AnnouncementStatus> announcements;
    private List<PeerStatus> peers;
    private List<InterfaceStatus> interfaces;
    private List<MemberStatus> members;
    private SortedMap<String, Long> counters;
    private List<String> problems;
    private List<BfdStatus> bfd;

    private Draft(SpeakerStatus old) {
      this.old = old;
      sequence = old.sequence();
      stored = old.stored();
      applied = old.applied();
      announcements = old.announcements();
      peers = old.peers();
      interfaces = old.interfaces();
      members = old.members();
      counters = old.counters();
      problems = old.problems();
      bfd = old.bfd();
    }

    private SpeakerStatus toStatus() {
      return new SpeakerStatus(
          old.node(),
          old.bootId(),
          sequence,
          stored,
          applied,
          announcements,
          peers,
          interfaces,
          members,
          counters,
          problems,
          bfd);
    }
  }
}
