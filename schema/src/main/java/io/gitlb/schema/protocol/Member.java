// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A node with a speaker, as the other speakers need to know it.
///
/// @param api where its speaker is called; empty when nobody knows
/// @param links the interfaces that its layer 2 uses, as it last told them, sorted by name
public record Member(NodeName node, Optional<Endpoint> api, List<Link> links)
    implements Comparable<Member> {

  public Member {
    links = links.stream().sorted(Comparator.comparing(Link::interfaceName)).toList();
  }

  /// Where a server listens.
  ///
  /// @param host an IP address or a name
  public record Endpoint(String host, int port) {

    public Endpoint {
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("a port is between 1 and 65535, not " + port);
      }
    }
  }

  /// One of its interfaces.
  public record Link(
      String interfaceName, MacAddress macAddress, SortedSet<LinkAddress> addresses) {

    public Link {
      addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
    }
  }

  @Override
  public int compareTo(Member other) {
    return node.compareTo(other.node);
  }
}
