// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/// What this speaker claims, with a sequence number that counts up with every change, and those who
/// wait for the next one. They are told at once: a take-over waits for it.
///
/// Any thread may publish and read.
public final class ClaimsBoard {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private SpeakerClaims claims;
  private SortedSet<IpAddress> known = Collections.emptySortedSet();
  private boolean closed;

  /// @param bootId another one for each start of the speaker
  public ClaimsBoard(NodeName node, String bootId) {
    claims =
        new SpeakerClaims(
            node,
            bootId,
            1,
            Optional.empty(),
            SpeakerClaims.Presence.STARTING,
            List.of(),
            Collections.emptySortedSet(),
            new TreeMap<>(),
            Optional.empty());
  }

  /// Publishes what is claimed now; nothing happens when that is there already.
  ///
  /// @param next makes it from what was; its sequence does not count
  /// @param addresses all layer-2 addresses of the stored state
  public void publish(UnaryOperator<SpeakerClaims> next, SortedSet<IpAddress> addresses) {
    lock.lock();
    try {
      known = addresses;
      SpeakerClaims after = withSequence(next.apply(claims), claims.sequence());
      if (!after.equals(claims)) {
        claims = withSequence(after, claims.sequence() + 1);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the sequence is another one than `after`, at most for `wait`.
  ///
  /// @param boot that `after` belongs to; empty: not known
  public SpeakerClaims await(long after, Optional<String> boot, Duration wait)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long remaining = wait.toNanos();
      while (!closed && remaining > 0 && isKnown(after, boot)) {
        remaining = changed.awaitNanos(remaining);
      }
      return claims;
    } finally {
      lock.unlock();
    }
  }

  private boolean isKnown(long after, Optional<String> boot) {
    return claims.sequence() == after && boot.filter(id -> !id.equals(claims.bootId())).isEmpty();
  }

  /// What is claimed now, with the addresses of the stored state.
  public SpeakerClaims withKnown() {
    lock.lock();
    try {
      return new SpeakerClaims(
          claims.node(),
          claims.bootId(),
          claims.sequence(),
          claims.stored(),
          claims.presence(),
          claims.claims(),
          claims.unable(),
          claims.contacts(),
          Optional.of(new TreeSet<>(known)));
    } finally {
      lock.unlock();
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

  private static SpeakerClaims withSequence(SpeakerClaims one, long sequence) {
    return new SpeakerClaims(
        one.node(),
        one.bootId(),
        sequence,
        one.stored(),
        one.presence(),
        one.claims(),
        one.unable(),
        one.contacts(),
        one.known());
  }
}
