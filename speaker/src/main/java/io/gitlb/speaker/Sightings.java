// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.speaker.l2.Sighting;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Hands sightings from the capture threads to the owner of layer 2. The same one twice before the
/// owner looks is one, so that a storm costs the owner nothing; and there is a bound to all of
/// them.
final class Sightings {

  /// Different sightings that may wait; a forger of hardware addresses must not fill the memory.
  static final int MOST = 8_192;

  private final Set<Heard> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean overflowed = new AtomicBoolean();

  /// A sighting with the interface that it was made on.
  record Heard(String interfaceName, Sighting sighting) {}

  /// From any capture thread.
  void add(String interfaceName, Sighting sighting) {
    if (waiting.size() < MOST) {
      waiting.add(new Heard(interfaceName, sighting));
    } else {
      overflowed.set(true);
    }
  }

  /// Whether any was lost since the last call; from the owner's thread, after [#take()].
  boolean takeOverflow() {
    return overflowed.get() && overflowed.getAndSet(false);
  }

  /// Takes those that wait; from the owner's thread.
  List<Heard> take() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    // One that comes twice between the copy and the removal was seen.
    List<Heard> taken = List.copyOf(waiting);
    taken.forEach(heard -> waiting.remove(heard));
    return taken;
  }
}
