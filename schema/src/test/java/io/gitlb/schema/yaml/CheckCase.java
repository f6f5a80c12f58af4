// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.check.KnownNodes;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Documents in, problems out. Each document is one line: its kind, its name and its spec; each
/// problem is its line, its code and its text as far as it is given.
///
/// @param documents one a line
/// @param expected all problems, in order
record CheckCase(String name, String documents, String expected, KnownNodes nodes) {

  static final String LAN =
      "IPAddressPool lan {addresses: [192.0.2.0/24]}\nL2Advertisement lan {}\n";

  static final String ROUTED =
      "IPAddressPool lan {addresses: [192.0.2.0/24]}\nBGPAdvertisement all {}\n";

  static CheckCase is(String name, String documents, String expected) {
    return new CheckCase(name, documents, expected, new KnownNodes.Unknown());
  }

  static CheckCase on(Map<String, String> zones, String name, String documents, String expected) {
    SortedMap<NodeName, SortedMap<String, String>> labels = new TreeMap<>();
    zones.forEach(
        (node, zone) -> labels.put(new NodeName(node), new TreeMap<>(Map.of("zone", zone))));
    return new CheckCase(name, documents, expected, new KnownNodes.Labelled(labels));
  }

  static String lines(String... lines) {
    return String.join("\n", lines);
  }

  static String peer(String name, String more) {
    return "BGPPeer %s {myASN: 64512, peerASN: 64513, peerAddress: 198.51.100.1%s}\n"
        .formatted(name, more.isEmpty() ? "" : ", " + more);
  }

  /// Fails when the problems are others.
  void check() {
    List<Problem> found =
        switch (DefinitionReader.read(files(documents), nodes)) {
          case ReadResult.Accepted accepted -> accepted.warnings();
          case ReadResult.Refused refused -> refused.problems();
        };
    List<String> wanted = expected.lines().toList();
    String shown = found.stream().map(Object::toString).collect(Collectors.joining("\n"));
    assertEquals(wanted.size(), found.size(), shown);
    for (int i = 0; i < wanted.size(); i++) {
      Problem problem = found.get(i);
      String line =
          "%d %s %s".formatted(problem.place().line(), problem.code().code(), problem.message());
      assertEquals(
          wanted.get(i), line.substring(0, Math.min(line.length(), wanted.get(i).length())), shown);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private static List<ConfigFile> files(String documents) {
    String text =
        documents
            .lines()
            .map(
                line -> {
                  String[] parts = line.split(" ", 3);
                  return "{apiVersion: gitlb.io/v1, kind: %s, metadata: {name: %s}, spec: %s}"
                      .formatted(parts[0], parts[1], parts[2]);
                })
            .collect(Collectors.joining("\n--- "));
    return List.of(new ConfigFile("a.yaml", "--- " + text));
  }
}
