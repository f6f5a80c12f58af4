// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
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
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

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
    change(
        old ->
            new SpeakerStatus(
                    old.node(),
                    old.bootId(),
                    old.sequence(),
                    old.stored(),
                    old.applied(),
                    announcements.stream()
                        .sorted(Comparator.comparing(AnnouncementStatus::address))
                        .toList(),
                    peers.stream().sorted(Comparator.comparing(PeerStatus::name)).toList(),
                    interfaces.stream()
                        .sorted(Comparator.comparing(InterfaceStatus::name))
                        .toList(),
                    members,
                    old.counters(),
                    old.problems())
                .withBfd(old.bfd()));
  }

  /// What BFD does with routers now, all of it.
  ///
  /// @param sessions sorted by the peer's address
  public void bfd(List<SpeakerStatus.BfdStatus> sessions) {
    change(old -> old.withBfd(sessions));
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
    change(old -> withGenerations(old, Optional.of(generation), old.applied()));
  }

  void applied(Generation generation) {
    change(old -> withGenerations(old, old.stored(), Optional.of(generation)));
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

  private void change(UnaryOperator<SpeakerStatus> edit) {
    lock.lock();
    try {
      SpeakerStatus edited = edit.apply(status);
      if (!edited.equals(status)) {
        status = withSequence(edited, status.sequence() + 1);
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
      change(old -> withProblems(old, lines));
    } finally {
      lock.unlock();
    }
  }

  private static SpeakerStatus withGenerations(
      SpeakerStatus old, Optional<Generation> stored, Optional<Generation> applied) {
    return new SpeakerStatus(
            old.node(),
            old.bootId(),
            old.sequence(),
            stored,
            applied,
            old.announcements(),
            old.peers(),
            old.interfaces(),
            old.members(),
            old.counters(),
            old.problems())
        .withBfd(old.bfd());
  }

  private static SpeakerStatus withSequence(SpeakerStatus old, long sequence) {
    return new SpeakerStatus(
            old.node(),
            old.bootId(),
            sequence,
            old.stored(),
            old.applied(),
            old.announcements(),
            old.peers(),
            old.interfaces(),
            old.members(),
            old.counters(),
            old.problems())
        .withBfd(old.bfd());
  }

  /// Called without the lock: who counts may hold a lock of its own while it tells this board.
  private SpeakerStatus withCounters(SpeakerStatus old) {
    return new SpeakerStatus(
            old.node(),
            old.bootId(),
            old.sequence(),
            old.stored(),
            old.applied(),
            old.announcements(),
            withTraffic(old.peers()),
            old.interfaces(),
            old.members(),
            counters.get(),
            old.problems())
        .withBfd(old.bfd());
  }

  private static SpeakerStatus withProblems(SpeakerStatus old, List<String> problems) {
    return new SpeakerStatus(
            old.node(),
            old.bootId(),
            old.sequence(),
            old.stored(),
            old.applied(),
            old.announcements(),
            old.peers(),
            old.interfaces(),
            old.members(),
            old.counters(),
            problems)
        .withBfd(old.bfd());
  }
}
