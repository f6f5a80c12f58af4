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
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// What this speaker claims, with a sequence number that counts up with every change, and those who
/// wait for the next one. They are told at once: a take-over waits for it.
///
/// Any thread may publish and read.
public final class ClaimsBoard {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private SpeakerClaims claims;
  private Supplier<SortedSet<IpAddress>> known = Collections::emptySortedSet;
  private Optional<UnaryOperator<SpeakerClaims>> pending = Optional.empty();
  private boolean making;
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

  /// Publishes what is claimed now; nothing happens when that is there already. Who publishes is
  /// not kept waiting for the making: that is done by whoever reads next, once for all that was
  /// published meanwhile.
  ///
  /// @param next makes it from what was, on a thread that reads; its sequence does not count
  /// @param addresses makes all layer-2 addresses of the stored state, on a thread that reads
  public void publish(UnaryOperator<SpeakerClaims> next, Supplier<SortedSet<IpAddress>> addresses) {
    lock.lock();
    try {
      known = addresses;
      pending = Optional.of(next);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Makes what was published last, unless another reader is at it.
  private void make() {
    Optional<Making> making = begin();
    while (making.isPresent()) {
      Optional<SpeakerClaims> made = Optional.empty();
      try {
        SpeakerClaims before = making.get().before();
        made = Optional.of(withSequence(making.get().next().apply(before), before.sequence()));
      } finally {
        end(made);
      }
      making = begin();
    }
  }

  private record Making(UnaryOperator<SpeakerClaims> next, SpeakerClaims before) {}

  private Optional<Making> begin() {
    lock.lock();
    try {
      if (making || pending.isEmpty()) {
        return Optional.empty();
      }
      making = true;
      Making begun = new Making(pending.get(), claims);
      pending = Optional.empty();
      return Optional.of(begun);
    } finally {
      lock.unlock();
    }
  }

  private void end(Optional<SpeakerClaims> made) {
    lock.lock();
    try {
      making = false;
      if (made.isPresent() && !made.get().equals(claims)) {
        claims = withSequence(made.get(), claims.sequence() + 1);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the sequence is another one than `after`, at most for `wait`.
  ///
  /// @param boot that `after` belongs to; empty: not known
  public SpeakerClaims await(long after, Optional<String> boot, Duration wait)
      throws InterruptedException {
    long remaining = wait.toNanos();
    while (true) {
      make();
      lock.lockInterruptibly();
      try {
        while (!closed && remaining > 0 && isKnown(after, boot) && !isToBeMade()) {
          remaining = changed.awaitNanos(remaining);
        }
        if (closed || remaining <= 0 || !isKnown(after, boot)) {
          return claims;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean isToBeMade() {
    return pending.isPresent() && !making;
  }

  private boolean isKnown(long after, Optional<String> boot) {
    return claims.sequence() == after && boot.filter(id -> !id.equals(claims.bootId())).isEmpty();
  }

  /// What is claimed now, with the addresses of the stored state.
  public SpeakerClaims withKnown() {
    make();
    Supplier<SortedSet<IpAddress>> addresses;
    SpeakerClaims now;
    lock.lock();
    try {
      addresses = known;
      now = claims;
    } finally {
      lock.unlock();
    }
    return new SpeakerClaims(
        now.node(),
        now.bootId(),
        now.sequence(),
        now.stored(),
        now.presence(),
        now.claims(),
        now.unable(),
        now.contacts(),
        Optional.of(new TreeSet<>(addresses.get())));
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
