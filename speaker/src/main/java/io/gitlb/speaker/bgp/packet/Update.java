// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpReach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpUnreach;
import java.util.List;
import java.util.Optional;

/// UPDATE: routes that go and routes that come, the latter with one set of attributes (RFC 4271
/// section 4.3).
///
///     +-----------------------------------------------------+
///     |   Withdrawn Routes Length (2 octets)                |
///     +-----------------------------------------------------+
///     |   Withdrawn Routes (variable)                       |
///     +-----------------------------------------------------+
///     |   Total Path Attribute Length (2 octets)            |
///     +-----------------------------------------------------+
///     |   Path Attributes (variable)                        |
///     +-----------------------------------------------------+
///     |   Network Layer Reachability Information (variable) |
///     +-----------------------------------------------------+
///
/// @param withdrawn IPv4 only; other families are in MP_UNREACH
/// @param attributes in the order of the message
/// @param nlri IPv4 only; other families are in MP_REACH
public record Update(List<IpPrefix> withdrawn, List<PathAttribute> attributes, List<IpPrefix> nlri)
    implements Message {

  public Update {
    withdrawn = List.copyOf(withdrawn);
    attributes = List.copyOf(attributes);
    nlri = List.copyOf(nlri);
  }

  /// The marker that ends the first full set of routes of a family (RFC 4724 section 2).
  public static Update endOfRib(AddressFamily family) {
    List<PathAttribute> attributes =
        family.equals(AddressFamily.IPV4_UNICAST)
            ? List.of()
            : List.of(new MpUnreach(family, List.of()));
    return new Update(List.of(), attributes, List.of());
  }

  /// The family whose first full set ends here, or empty for an ordinary UPDATE.
  public Optional<AddressFamily> endOfRib() {
    if (!withdrawn.isEmpty() || !nlri.isEmpty() || attributes.size() > 1) {
      return Optional.empty();
    }
    if (attributes.isEmpty()) {
      return Optional.of(AddressFamily.IPV4_UNICAST);
    }
    return attributes.getFirst() instanceof MpUnreach(AddressFamily family, List<IpPrefix> none)
            && none.isEmpty()
        ? Optional.of(family)
        : Optional.empty();
  }

  /// How many prefixes this announces, of all families.
  public int announcedPrefixes() {
    int count = nlri.size();
    for (PathAttribute attribute : attributes) {
      if (attribute instanceof MpReach reach) {
        count += reach.nlri().size();
      }
    }
    return count;
  }
}
