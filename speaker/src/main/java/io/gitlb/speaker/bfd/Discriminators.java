// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Gives each session its discriminator, random and not 0, and finds it by that (RFC 5880 section
/// 6.3). One lookup, whatever a stranger guesses.
///
/// @param <T> the session as the caller knows it
public final class Discriminators<T> {

  // discriminator → session (1:1)
  private final Map<Integer, T> sessions = new HashMap<>();
  private final RandomGenerator chance;

  public Discriminators(RandomGenerator chance) {
    this.chance = chance;
  }

  /// A number that no session here has.
  public int draw() {
    int drawn = chance.nextInt();
    while (drawn == 0 || sessions.containsKey(drawn)) {
      drawn = chance.nextInt();
    }
    return drawn;
  }

  /// Remembers the session under a number that was drawn.
  public void put(int discriminator, T session) {
    if (discriminator == 0 || sessions.putIfAbsent(discriminator, session) != null) {
      throw new IllegalArgumentException("discriminator " + discriminator + " is taken");
    }
  }

  public void remove(int discriminator) {
    sessions.remove(discriminator);
  }

  public Optional<T> find(int discriminator) {
    return Optional.ofNullable(sessions.get(discriminator));
  }
}
