// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// When the neighbours have to be told once more of an address that this node has held all along:
/// another member held it too, as on the other side of a segment that was in two, and whoever
/// learned that one's hardware address there keeps it until told otherwise. The other one stops in
/// silence, so this node tells: when it finds the other one beside it, and again when that one has
/// stopped. However often the other one comes and goes, rounds of an address begin at most once in
/// [#PAUSE], and the last change always leads to one.
///
/// Keeps only what is in contention now. One owner, no locks.
public final class Rivals {

  /// From one beginning of the rounds of an address to the next.
  static final Duration PAUSE = Duration.ofSeconds(1);

  /// How long one that is found beside has the chance to be the heir in a hand-over: this node
  /// would stop meanwhile, and must not take the neighbours back.
  static final Duration HAND_OVER = Duration.ofMillis(100);

  /// One that is only heard on the segment has stopped when it was not heard for so long.
  static final Duration QUIET = Duration.ofSeconds(1);

  // Address held → what is known of rivals (1:1).
  private final Map<IpAddress, Rivalry> rivalries = new HashMap<>();
  private Instant nextLook = Instant.MAX;

  private static final class Rivalry {
    private Optional<Instant> heard = Optional.empty();
    private Optional<Instant> due = Optional.empty();
    private Instant notBefore = Instant.MIN;

    void tell(Instant when) {
      Instant allowed = when.isBefore(notBefore) ? notBefore : when;
      due = Optional.of(due.filter(earlier -> earlier.isBefore(allowed)).orElse(allowed));
    }

    // Never what has passed: whoever waits for it would not rest.
    Instant nextLook() {
      Optional<Instant> quiet = heard.map(when -> when.plus(QUIET));
      if (due.isEmpty()) {
        return quiet.orElse(notBefore);
      }
      return quiet.filter(when -> when.isBefore(due.get())).orElse(due.get());
    }
  }

  /// Another member says that it holds what is held here, and has to give way.
  public void began(IpAddress address, Instant now) {
    change(address, rivalry -> rivalry.tell(now.plus(HAND_OVER)));
  }

  /// A member that held it too does so no more.
  public void ended(IpAddress address, Instant now) {
    change(address, rivalry -> rivalry.tell(now));
  }

  /// Another member is heard to answer for what is held here, and has to give way.
  public void heard(IpAddress address, Instant now) {
    change(
        address,
        rivalry -> {
          if (rivalry.heard.isEmpty()) {
            rivalry.tell(now.plus(HAND_OVER));
          }
          rivalry.heard = Optional.of(now);
        });
  }

  private void change(IpAddress address, Consumer<Rivalry> what) {
    Rivalry rivalry = rivalries.computeIfAbsent(address, _ -> new Rivalry());
    what.accept(rivalry);
    look(rivalry);
  }

  private void look(Rivalry rivalry) {
    Instant next = rivalry.nextLook();
    nextLook = next.isBefore(nextLook) ? next : nextLook;
  }

  /// The address is not held any more.
  public void released(IpAddress address) {
    rivalries.remove(address);
  }

  /// The addresses whose rounds have to begin again now.
  public List<IpAddress> takeDue(Instant now) {
    if (now.isBefore(nextLook)) {
      return List.of();
    }
    nextLook = Instant.MAX;
    List<IpAddress> taken = new ArrayList<>();
    Iterator<Map.Entry<IpAddress, Rivalry>> all = rivalries.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<IpAddress, Rivalry> entry = all.next();
      Rivalry rivalry = entry.getValue();
      if (isDue(rivalry, now)) {
        taken.add(entry.getKey());
      }
      boolean over = rivalry.due.isEmpty() && rivalry.heard.isEmpty();
      if (over && !now.isBefore(rivalry.notBefore)) {
        all.remove();
      } else {
        look(rivalry);
      }
    }
    return taken;
  }

  private static boolean isDue(Rivalry rivalry, Instant now) {
    if (rivalry.heard.filter(when -> !now.isBefore(when.plus(QUIET))).isPresent()) {
      rivalry.heard = Optional.empty();
      rivalry.tell(now);
    }
    boolean due = rivalry.due.filter(when -> !now.isBefore(when)).isPresent();
    if (due) {
      rivalry.due = Optional.empty();
      rivalry.notBefore = now.plus(PAUSE);
    }
    return due;
  }

  /// When [#takeDue] has something to do again; empty when nothing is in contention.
  public Optional<Instant> nextDue() {
    return rivalries.isEmpty() ? Optional.empty() : Optional.of(nextLook);
  }
}
