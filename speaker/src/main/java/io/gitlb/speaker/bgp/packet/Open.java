// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// OPEN (RFC 4271 section 4.2).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+
///     |    Version    |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |     My Autonomous System      |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |           Hold Time           |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                         BGP Identifier                        |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     | Opt Parm Len  |      Optional Parameters (variable)
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// @param myAs the 2-octet field, 0 to 65535: 23456 stands for a wider number in capability 65
/// @param holdTime whole seconds, 0 to 65535
/// @param identifier any value, 0 too: whether it will do is for the FSM to say
/// @param capabilities in order of appearance, of all parameters
public record Open(int myAs, Duration holdTime, Ipv4 identifier, List<Capability> capabilities)
    implements Message {

  /// The one version of BGP in use.
  static final int VERSION = 4;

  public Open {
    capabilities = List.copyOf(capabilities);
    if (myAs < 0 || myAs > 0xFFFF) {
      throw new IllegalArgumentException("the AS field has 16 bits, not " + myAs);
    }
    if (holdTime.isNegative() || holdTime.toSeconds() > 0xFFFF || holdTime.toNanosPart() != 0) {
      throw new IllegalArgumentException("a hold time is 0 to 65535 s, not " + holdTime);
    }
  }

  /// The capability of that kind; when it is repeated, the last one counts (RFC 5492 section 4).
  public <C extends Capability> Optional<C> last(Class<C> kind) {
    return capabilities.reversed().stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  /// Whether a capability of that very value is offered.
  public boolean offers(Capability capability) {
    return capabilities.contains(capability);
  }
}
