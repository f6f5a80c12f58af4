// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which keys of a session sign and are accepted, also while both ends change them one after the
/// other. RFC 5880 section 4.4 has keys numbered so that several can be active.
///
/// A key that signed and is none of the new ones goes on to: the peer may not have the new one yet.
/// As soon as the peer has shown a new one, the old one is neither used nor accepted. Where it
/// never does, the new one signs after the time given, and the old one is accepted for as long
/// again, as the peer may be waiting in the same way.
final class SessionKeys {

  private Authentication current;
  private @Nullable Retiring retiring;

  /// @param signs as long as the peer was last heard with it
  private record Retiring(
      AuthenticationKey key, boolean signs, Instant signsUntil, Instant acceptedUntil) {

    Retiring signing(boolean still, Instant now) {
      return new Retiring(key, still && now.isBefore(signsUntil), signsUntil, acceptedUntil);
    }
  }

  SessionKeys(Authentication first) {
    this.current = first;
  }

  AuthenticationType type() {
    return current.type();
  }

  AuthenticationKey signing() {
    Retiring old = retiring;
    return old != null && old.signs() ? old.key() : current.keys().getFirst();
  }

  /// @return those of that number, in the order in which they are tried
  List<AuthenticationKey> accepted(int id) {
    Stream<AuthenticationKey> before = Stream.ofNullable(retiring).map(Retiring::key);
    return Stream.concat(current.keys().stream(), before).filter(key -> key.id() == id).toList();
  }

  /// @param isHeard whether the peer is there, so that it would miss the key that signs now
  /// @param patience for how long it signs at most
  void replace(Authentication other, boolean isHeard, Instant now, Duration patience) {
    AuthenticationKey before = signing();
    current = other;
    retiring =
        other.keys().contains(before)
            ? null
            : new Retiring(before, isHeard, now.plus(patience), now.plus(patience.multipliedBy(2)));
  }

  /// The peer has signed with it.
  void shown(AuthenticationKey key, Instant now) {
    Retiring old = retiring;
    if (old != null) {
      retiring = old.key().equals(key) ? old.signing(true, now) : null;
    }
  }

  /// The peer is not heard any more: it may wait for the new key.
  void silent(Instant now) {
    Retiring old = retiring;
    retiring = old == null ? null : old.signing(false, now);
  }

  /// Time goes by.
  void pass(Instant now) {
    Retiring old = retiring;
    if (old != null) {
      retiring = now.isBefore(old.acceptedUntil()) ? old.signing(old.signs(), now) : null;
    }
  }
}
