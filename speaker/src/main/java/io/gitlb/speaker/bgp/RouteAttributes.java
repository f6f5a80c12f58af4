// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.LocalPreference;
import io.gitlb.schema.value.Outlook;
import java.util.List;

/// What goes with a route besides its prefix. The origin is always IGP, the AS path is ours, and
/// the next hop is this node.
///
/// @param localPreference unsigned 32 bits, higher is preferred; told to peers of our own AS only
/// @param communities sorted and without repetition
/// @param outlook no part of what is told: the communities of a route that is leaving say so
public record RouteAttributes(long localPreference, List<Community> communities, Outlook outlook) {

  /// The default local preference and no communities.
  public static final RouteAttributes DEFAULT =
      new RouteAttributes(LocalPreference.DEFAULT, List.of());

  public RouteAttributes {
    communities = communities.stream().distinct().sorted().toList();
    if (localPreference < 0 || localPreference > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException(
          "a local preference is 0 to 4294967295, not " + localPreference);
    }
  }

  /// Those of a route that stays.
  public RouteAttributes(long localPreference, List<Community> communities) {
    this(localPreference, communities, Outlook.STAYING);
  }
}
