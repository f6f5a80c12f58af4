// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.AuthenticationType;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionTimers;
import java.net.InetAddress;
import java.util.Optional;

/// A session as it shall be.
///
/// @param minimumTtl what packets of a router behind others have at least; 255 on a link
record SessionWish(
    Path path,
    SessionTimers timers,
    Role role,
    Optional<Authentication> authentication,
    int minimumTtl) {

  /// Between which addresses.
  ///
  /// @param interfaceName the only one that is used; empty: what the kernel routes by
  record Path(Service service, String interfaceName, InetAddress local, InetAddress remote) {}

  /// Whether a session made for the other wish can go on for this one.
  boolean keepsSessionOf(SessionWish other) {
    return path.equals(other.path) && type(authentication).equals(type(other.authentication));
  }

  private static Optional<AuthenticationType> type(Optional<Authentication> authentication) {
    return authentication.map(Authentication::type);
  }
}
