// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.Reads.accepted;
import static io.gitlb.schema.yaml.Reads.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.model.SourcePlace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is true of every kind.
class DefinitionReaderTest {

  private static final String POOL =
      """
      apiVersion: metallb.io/v1beta1
      kind: IPAddressPool
      metadata:
        name: lan
      spec:
        addresses: [192.0.2.0/24]
      """;

  private static final String TWIN = POOL.replace("lan", "wan").replace("192.0.2", "203.0.113");

  @Test
  void anUnknownFieldIsNamedWithItsPlaceAndWhatIsAllowed() {
    assertEquals(
        List.of(
            "a.yaml:4:7: GLB1205 spec.addresses of IPAddressPool lan is missing",
            "a.yaml:4:8: GLB1204 unknown field \"adresses\" (did you mean \"addresses\"?) in spec"
                + " of IPAddressPool lan; allowed: addresses, autoAssign, avoidBuggyIPs,"
                + " serviceAllocation"),
        problems(
            """
            apiVersion: metallb.io/v1beta1
            kind: IPAddressPool
            metadata: {name: lan}
            spec: {adresses: [192.0.2.0/24]}
            """));
  }

  /// What `kubectl get -o yaml` prints of several objects.
  @Test
  void aListOfDocumentsIsReadAsTheyAre() {
    String list =
        """
        apiVersion: v1
        kind: List
        metadata: {resourceVersion: ""}
        items:
        - apiVersion: metallb.io/v1beta1
          kind: IPAddressPool
          metadata: {name: lan, namespace: metallb-system, generation: 2, uid: 1a2b}
          spec: {addresses: [192.0.2.0/24]}
          status: {assignedIPv4: 3}
        - apiVersion: metallb.io/v1beta2
          kind: BGPPeer
          metadata: {name: tor}
          spec: {myASN: 64512, peerASN: 64513, peerAddress: %s}
        """;
    List<ConfigFile> right =
        List.of(new ConfigFile("a.yaml", list.formatted("198.51.100.1") + "---\n" + TWIN));
    ReadResult.Accepted accepted =
        assertInstanceOf(ReadResult.Accepted.class, DefinitionReader.read(right));
    assertEquals(2, accepted.definitions().pools().size());
    assertEquals(1, accepted.definitions().bgpPeers().size());
    ReadResult.Refused refused =
        assertInstanceOf(
            ReadResult.Refused.class,
            DefinitionReader.read(List.of(new ConfigFile("a.yaml", list.formatted("router")))));
    assertEquals(
        "a.yaml:13:53: GLB1207 spec.peerAddress of BGPPeer tor: \"router\" is not an IP address; no length, port or zone",
        refused.problems().getLast().toString());
  }

  @Test
  void theProblemsOfAllDocumentsOfAllFilesAreFoundAtOnceAndSorted() {
    List<String> found =
        problems(
            List.of(
                new ConfigFile("b.yaml", "kind: IPAddressPool\n"),
                new ConfigFile(
                    "a.yaml",
                    POOL.replace("192.0.2.0/24", "192.0.2.0/33")
                        + "---\n"
                        + POOL.replace("name: lan", "name: Lan").replace("addresses", "adresses")
                        + "---\n[")));
    assertEquals(
        List.of(
            "a.yaml:6:15: GLB1207",
            "a.yaml:11:9: GLB1207",
            "a.yaml:13:3: GLB1204",
            "a.yaml:13:3: GLB1205",
            "a.yaml:15:2: GLB1101",
            "b.yaml:1:1: GLB1205"),
        found.stream().map(line -> line.substring(0, line.indexOf("GLB") + 7)).toList());
  }

  @Test
  void aCommitIsReadAlikeInWhateverOrderItsFilesCome() {
    ConfigFile pool = new ConfigFile("p.yaml", POOL);
    ConfigFile twin = new ConfigFile("q.yaml", POOL);
    assertEquals(problems(List.of(pool, twin)), problems(List.of(twin, pool)));
  }

  @Test
  void whatTheApiServerAddsIsIgnored() {
    Definitions read =
        accepted(
            """
            apiVersion: metallb.io/v1beta1
            kind: IPAddressPool
            metadata:
              name: lan
              namespace: metallb-system
              annotations: {a: b}
              creationTimestamp: "2026-05-03T14:05:00Z"
              generation: 3
              labels: {zone: a, "example.org/tier": ""}
              managedFields: [{manager: x}]
              resourceVersion: "123"
              uid: 00000000-0000-0000-0000-000000000000
            spec:
              addresses: [192.0.2.0/24]
            status: {assignedIPv4: 3}
            """);
    assertEquals(Map.of("zone", "a", "example.org/tier", ""), read.pools().getFirst().labels());
    assertEquals(new SourcePlace("a.yaml", 4, 9), read.pools().getFirst().place());
  }

  @Test
  void jsonDocumentsAreReadAndTheirProblemsPlaced() {
    String json =
        """
        {
          "apiVersion": "gitlb.io/v1",
          "kind": "IPAddressPool",
          "metadata": {"name": "lan"},
          "spec": {"addresses": ["192.0.2.0/24"], "autoAssign": "no"}
        }
        """;
    assertEquals(
        List.of(
            "p.json:5:57: GLB1206 spec.autoAssign of IPAddressPool lan is text (no), it must be"
                + " true or false"),
        problems(List.of(new ConfigFile("p.json", json))));
    assertEquals(1, accepted(json.replace("\"no\"", "false")).pools().size());
  }

  @Test
  void aForeignApiVersionIsRefusedWithWhatIsAllowed() {
    assertEquals(
        List.of(
            "a.yaml:1:13: GLB1202 apiVersion \"apps/v1\" is not read; allowed: metallb.io/v1beta1,"
                + " metallb.io/v1beta2, gitlb.io/v1; move"
                + " what is for others out of the configuration path, or name the file in .gitlbignore"),
        problems("apiVersion: apps/v1\nkind: Deployment\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "metallb.io/v1beta2, IPAddressPool, 'metallb.io/v1beta1, gitlb.io/v1'",
    "metallb.io/v1beta1, PinnedIP, gitlb.io/v1",
    "metallb.io/v1beta1, Approval, gitlb.io/v1",
  })
  void aKindInAnotherVersionIsRefused(String version, String kind, String allowed) {
    assertEquals(
        List.of(
            "a.yaml:2:7: GLB1202 %s is not read in apiVersion %s; allowed: %s"
                .formatted(kind, version, allowed)),
        problems(Reads.document(version, kind, "a: b")));
  }

  @Test
  void anUnknownKindIsRefusedWithTheNearest() {
    List<String> found = problems(POOL.replace("IPAddressPool", "IPAdressPool"));
    assertEquals(1, found.size());
    assertTrue(
        found
            .getFirst()
            .startsWith(
                "a.yaml:2:7: GLB1203 unknown kind \"IPAdressPool\" (did you mean"
                    + " \"IPAddressPool\"?); allowed: Approval, BFDProfile, "),
        found::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "'- a', a list",
    "'just text', text",
    "'17', a whole number",
  })
  void aDocumentMustBeAMapping(String text, String found) {
    assertEquals(
        List.of(
            "a.yaml:1:1: GLB1201 the document is %s, it must be a mapping with apiVersion, kind,"
                    .formatted(found)
                + " metadata and spec"),
        problems(text));
  }

  @Test
  void aCommitWithoutADocumentIsRefused() {
    String message = " there is no document in the configuration; add at least one pool";
    assertEquals(List.of(".: GLB1005" + message), problems(List.of()));
    assertEquals(List.of("a.yaml: GLB1005" + message), problems("# nothing\n---\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Lan", "-a", "a-", "a..b", "a_b", "a b", "a/b", "ä"})
  void aNameMustBeOneThatKubernetesTakes(String name) {
    List<String> found = problems(POOL.replace("name: lan", "name: \"" + name + "\""));
    assertEquals(1, found.size());
    assertTrue(
        found
            .getFirst()
            .startsWith(
                "a.yaml:4:9: GLB1207 metadata.name of IPAddressPool %s: \"%s\" is not a name;"
                    .formatted(name, name)),
        found::toString);
  }

  @Test
  void aMissingNameOrMetadataIsOneProblem() {
    assertEquals(
        List.of("a.yaml:1:1: GLB1205 metadata.name of IPAddressPool is missing"),
        problems(
            """
            apiVersion: gitlb.io/v1
            kind: IPAddressPool
            spec: {addresses: [192.0.2.0/24]}
            """));
  }

  @Test
  void fieldsOfTheWrongTypeAreNamedWithWhatWasFound() {
    assertEquals(
        List.of(
            "a.yaml:4:9: GLB1206 metadata.name of IPAddressPool 7 is a whole number (7), it must be"
                + " text; put it in quotes"),
        problems(POOL.replace("lan", "7")));
    assertEquals(
        List.of(
                "a.yaml:5:7: GLB1206 spec of IPAddressPool lan is a list, it must be a mapping",
                "a.yaml:1:1: GLB1205 spec.addresses of IPAddressPool lan is missing")
            .stream()
            .sorted()
            .toList(),
        problems(
            """
            apiVersion: gitlb.io/v1
            kind: IPAddressPool
            metadata:
              name: lan
            spec: [1]
            """));
  }

  @Test
  void wordsThatOtherYamlReadersTakeForSomethingElseNeedQuotes() {
    assertEquals(
        List.of(
            "a.yaml:3:35: GLB1207 metadata.labels.a of IPAddressPool lan: \"yes\" is text here but"
                + " not for every YAML reader; put it in quotes"),
        problems(
            """
            apiVersion: gitlb.io/v1
            kind: IPAddressPool
            metadata: {name: lan, labels: {a: yes}}
            spec: {addresses: [192.0.2.0/24]}
            """));
  }

  @Test
  void aNullFieldCountsAsAbsent() {
    assertEquals(
        accepted(POOL).pools(),
        accepted(POOL + "  autoAssign:\n  serviceAllocation: null\n").pools());
  }

  @Test
  void aNameStandsForOneDocumentOfItsKindInWhateverGroup() {
    assertEquals(
        List.of(
            "q.yaml:4:9: GLB1301 there are two IPAddressPools named lan, the other one at"
                + " p.yaml:4:9; rename or remove one"),
        problems(
            List.of(
                new ConfigFile("p.yaml", POOL),
                new ConfigFile(
                    "q.yaml",
                    POOL.replace("metallb.io/v1beta1", "gitlb.io/v1")
                        .replace("192.0.2.0", "198.51.100.0")))));
  }

  @Test
  void aBrokenPoolDoesNotMakeEveryReferenceToItAProblem() {
    String reference =
        """
        ---
        apiVersion: gitlb.io/v1
        kind: L2Advertisement
        metadata: {name: x}
        spec: {ipAddressPools: [lan, wan]}
        ---
        apiVersion: gitlb.io/v1
        kind: PinnedIP
        metadata: {name: y}
        spec: {service: a/b, addresses: [198.51.100.1]}
        """;
    List<String> found = problems(POOL.replace("/24", "/99") + reference);
    assertEquals(2, found.size(), found::toString);
    assertTrue(found.getFirst().contains("192.0.2.0/99"), found::toString);
    assertTrue(found.getLast().contains("names the IPAddressPool \"wan\""), found::toString);
    assertEquals(1, problems("[\n" + POOL + reference).size());
  }
}
