// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.loop.ClusterPort;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SpeakerDirectoryTest {

  private static final NodeName N1 = new NodeName("n1");
  private static final NodeName N2 = new NodeName("n2");

  private final List<SortedSet<NodeName>> told = new ArrayList<>();
  private final FakeCluster cluster = new FakeCluster();

  @Test
  void namedSpeakersAreThoseAndNoOthers() {
    URI url = URI.create("https://192.0.2.11:7480");
    SpeakerDirectory directory = new SpeakerDirectory(new TreeMap<>(Map.of(N1, url)), 7480);
    ClusterPort port = directory.watching(cluster, told::add);
    cluster.show(node(N1, "192.0.2.99"), node(N2, "192.0.2.12"));
    port.view();
    assertEquals(Optional.of(url), directory.url(N1));
    assertEquals(Optional.empty(), directory.url(N2));
    assertEquals(List.of(nodes(N1)), told);
  }

  @Test
  void withoutNamesEveryNodeHasOneOnItsFirstAddress() {
    SpeakerDirectory directory = new SpeakerDirectory(new TreeMap<>(), 7480);
    ClusterPort port = directory.watching(cluster, told::add);
    port.view();
    cluster.show(node(N1, "192.0.2.11", "2001:db8::11"), node(N2, "2001:db8::12"));
    port.view();
    port.view();
    assertEquals(Optional.of(URI.create("https://192.0.2.11:7480")), directory.url(N1));
    assertEquals(Optional.of(URI.create("https://[2001:db8::12]:7480")), directory.url(N2));
    cluster.show(node(N1, "192.0.2.13"));
    port.view();
    assertEquals(Optional.of(URI.create("https://192.0.2.13:7480")), directory.url(N1));
    assertEquals(List.of(nodes(), nodes(N1, N2), nodes(N1)), told);
  }

  @Test
  void aNodeThatMovesIsToldOf() {
    SpeakerDirectory directory = new SpeakerDirectory(new TreeMap<>(), 7480);
    ClusterPort port = directory.watching(cluster, told::add);
    cluster.show(node(N1, "192.0.2.11"));
    port.view();
    cluster.show(node(N1, "192.0.2.14"));
    port.view();
    port.view();
    assertEquals(Optional.of(URI.create("https://192.0.2.14:7480")), directory.url(N1));
    assertEquals(List.of(nodes(), nodes(N1), nodes(N1)), told);
  }

  private static SortedSet<NodeName> nodes(NodeName... names) {
    return new TreeSet<>(Arrays.asList(names));
  }

  private static NodeView node(NodeName name, String... addresses) {
    return new NodeView(
        name,
        new TreeMap<>(),
        Arrays.stream(addresses).map(IpAddress::of).toList(),
        List.of(),
        NodeView.Readiness.READY,
        NodeView.Network.AVAILABLE,
        NodeView.Scheduling.SCHEDULABLE);
  }

  private static final class FakeCluster implements ClusterPort {
    private Optional<ClusterView> view = Optional.empty();

    void show(NodeView... nodes) {
      SortedMap<NodeName, NodeView> shown = new TreeMap<>();
      Arrays.stream(nodes).forEach(node -> shown.put(node.name(), node));
      view =
          Optional.of(
              new ClusterView("uid", new TreeMap<>(), shown, new TreeMap<>(), new TreeMap<>()));
    }

    @Override
    public Optional<ClusterView> view() {
      return view;
    }

    @Override
    public List<FailedWrite> write(List<StatusWrite> writes) {
      return List.of();
    }
  }
}
