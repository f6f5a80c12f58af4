// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/// What keeps a speaker that was stopped in the middle (a stall, a stopped process, a stopped
/// virtual machine) from sending what it decided before: frames leave only while the owner of layer
/// 2 has looked at its state within the last [#LEASE].
///
/// The owner renews, every thread may ask. It begins shut.
final class Fence {

  /// How long one look counts. A few times [#TICK], so that a busy machine's timers do not shut it,
  /// and short beside the time after which others take an address over.
  static final Duration LEASE = Duration.ofMillis(200);

  /// How often the owner looks at least.
  static final Duration TICK = Duration.ofMillis(50);

  /// How long the owner may work without a look at what others say: as long as one that yields
  /// waits to be relieved.
  static final Duration LONGEST_WORK = Duration.ofSeconds(2);

  /// So many addresses are worked on in a few milliseconds.
  private static final int SLICE = 128;

  private final InstantSource clock;
  private volatile Instant renewedAt = Instant.MIN;

  // The owner's.
  private Instant lookedAt = Instant.MIN;

  /// @param clock monotonic
  Fence(InstantSource clock) {
    this.clock = clock;
  }

  /// For how long nothing could leave by now; zero while it is open, and before the first look.
  Duration shutFor(Instant now) {
    Instant renewed = renewedAt;
    if (renewed.equals(Instant.MIN)) {
      return Duration.ZERO;
    }
    Duration shut = Duration.between(renewed.plus(LEASE), now);
    return shut.isPositive() ? shut : Duration.ZERO;
  }

  /// The owner has looked; from its thread only. After a gap it first takes back what it decided
  /// before: with the first frame that may leave again, the tables are those of now.
  ///
  /// @param now read before the look, so that a pause during it is not counted as looked at
  void renew(Instant now) {
    renewedAt = now;
    lookedAt = now;
  }

  /// The owner goes on with what it began after its last look, and may be long about it: said
  /// between short pieces of work, from its thread only. Work is no pause: this process was seen to
  /// run, so that nobody took it for dead. It counts for [#LONGEST_WORK] after a look, since what
  /// others have said meanwhile has not been looked at; and a fence that is shut stays shut, as
  /// between two pieces there was a pause.
  void atWork() {
    Instant now = clock.instant();
    boolean open = !renewedAt.equals(Instant.MIN) && !shutFor(now).isPositive();
    if (open && !lookedAt.plus(LONGEST_WORK).isBefore(now)) {
      renewedAt = now;
    }
  }

  /// Does something to each of many, and says now and then that the owner is [#atWork].
  <T> void slowly(Iterable<T> all, Consumer<T> what) {
    int done = 0;
    for (T one : all) {
      if (done++ % SLICE == 0) {
        atWork();
      }
      what.accept(one);
    }
  }

  /// The owner has taken back all that it decided before, so that nothing can be answered before it
  /// is decided anew: however long that took, it counts as a look.
  void takenBack() {
    renew(clock.instant());
  }

  /// Whether a frame may leave at this moment.
  boolean isOpen() {
    Instant renewed = renewedAt;
    return !renewed.equals(Instant.MIN) && !renewed.plus(LEASE).isBefore(clock.instant());
  }
}
