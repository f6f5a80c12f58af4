// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.loop.ClusterPort;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.NodeName;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Where the speakers are: as the settings say, or else one on every node that the cluster shows.
final class SpeakerDirectory {

  /// Whether the settings name the speakers.
  private final boolean named;

  private final int port;

  /// node → its speaker; replaced as a whole, by the loop's thread.
  private volatile SortedMap<NodeName, URI> urls;

  /// @param named node → URL as the settings have it; empty: follow the cluster's nodes
  /// @param port of every speaker that the settings do not name
  SpeakerDirectory(SortedMap<NodeName, URI> named, int port) {
    this.named = !named.isEmpty();
    this.port = port;
    this.urls = Collections.unmodifiableSortedMap(new TreeMap<>(named));
  }

  /// The URL of the node's speaker. Safe for every thread.
  Optional<URI> url(NodeName node) {
    return Optional.ofNullable(urls.get(node));
  }

  /// The nodes that have a speaker.
  SortedSet<NodeName> nodes() {
    return new TreeSet<>(urls.keySet());
  }

  /// The cluster port that looks at each view that passes through it.
  ///
  /// @param onNodes told which nodes have a speaker: now, whenever that changes, and when one of
  ///   them has moved
  ClusterPort watching(ClusterPort cluster, Consumer<SortedSet<NodeName>> onNodes) {
    onNodes.accept(nodes());
    return new ClusterPort() {
      @Override
      public Optional<ClusterView> view() {
        Optional<ClusterView> view = cluster.view();
        if (!named && view.isPresent() && follow(view.get())) {
          onNodes.accept(nodes());
        }
        return view;
      }

      @Override
      public List<FailedWrite> write(List<StatusWrite> writes) {
        return cluster.write(writes);
      }
    };
  }

  /// Takes over the nodes of the view.
  ///
  /// @return whether other nodes have a speaker now, or one of them is somewhere else
  private boolean follow(ClusterView view) {
    SortedMap<NodeName, URI> before = urls;
    SortedMap<NodeName, URI> seen = new TreeMap<>();
    for (NodeView node : view.nodes().values()) {
      node.addresses().stream().findFirst().ifPresent(first -> seen.put(node.name(), url(first)));
    }
    urls = Collections.unmodifiableSortedMap(seen);
    return !before.equals(seen);
  }

  private URI url(IpAddress address) {
    String host =
        switch (address) {
          case Ipv4 ipv4 -> ipv4.toString();
          case Ipv6 ipv6 -> "[" + ipv6 + "]";
        };
    return URI.create("https://" + host + ":" + port);
  }
}
