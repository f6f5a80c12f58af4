// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionTimers;
import java.util.Optional;

/// How a router's path is watched. Other timers are agreed on without an interruption, and so are
/// other keys and another role; another type of authentication makes a new session.
///
/// @param minimumTtl of a router behind others, 1 to 255 (RFC 5883 section 5); on a link it is 255
public record RouterTerms(
    SessionTimers timers, Role role, Optional<Authentication> authentication, int minimumTtl) {

  public RouterTerms {
    if (minimumTtl < 1 || minimumTtl > 255) {
      throw new IllegalArgumentException("a TTL is 1 to 255, not " + minimumTtl);
    }
  }
}
