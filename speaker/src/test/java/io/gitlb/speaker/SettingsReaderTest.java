// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.SettingsReader.Result.Unusable;
import io.gitlb.speaker.SettingsReader.Result.Usable;
import io.gitlb.speaker.pcap.InterfaceType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsReaderTest {

  @TempDir private Path directory;

  @Test
  void whereTheReconcilerIsAskedIsAUrlWithHostAndPortAndNoMore() {
    assertEquals(
        Optional.of(URI.create("http://127.0.0.1:8482")),
        usable(
                Map.of(
                    "--node",
                    "a",
                    "--insecure",
                    "true",
                    "--listen",
                    "127.0.0.1:0",
                    "--reconciler-url",
                    "http://127.0.0.1:8482/"))
            .reconciler());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:8482", "http://127.0.0.1", "127.0.0.1:8482", "http://127.0.0.1:0",
        "http://user@127.0.0.1:1", "http://127.0.0.1:1/v1", "http://127.0.0.1:65536", "http:// :1"
      })
  void anotherUrlOfTheReconcilerIsAMistake(String url) {
    List<String> problems =
        assertInstanceOf(
                Unusable.class,
                SettingsReader.read(
                    Map.of(
                        "--node",
                        "a",
                        "--insecure",
                        "true",
                        "--listen",
                        "127.0.0.1:0",
                        "--reconciler-url",
                        url)))
            .problems();
    assertEquals(
        List.of(
            "GLB6001 --reconciler-url (GITLB_RECONCILER_URL): '"
                + url
                + "' is not http://HOST:PORT; it is where --state-listen of the reconciler is"
                + " reached, such as http://gitlb-reconciler.gitlb-system.svc:8482"),
        problems);
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() throws IOException {
    Path pem = Files.createFile(directory.resolve("tls.pem"));
    Path keys = Files.writeString(directory.resolve("keys"), "1 " + "ab".repeat(20) + "\n");
    SpeakerSettings settings =
        usable(
            Map.of(
                "--node",
                "node-a",
                "--tls-cert",
                pem.toString(),
                "--tls-key",
                pem.toString(),
                "--tls-ca",
                pem.toString(),
                "--liveness-key-file",
                keys.toString()));
    assertEquals(new NodeName("node-a"), settings.node());
    assertEquals(Path.of("/var/lib/gitlb/speaker"), settings.stateDir());
    assertEquals(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 7480), settings.listen());
    assertEquals(
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 7481), settings.healthListen());
    assertEquals(
        new ServerSecurity.MutualTls(
            new TlsIdentity(pem, pem, pem), PeerNames.reconcilerAndSpeakers()),
        settings.security());
    assertTrue(settings.interfaceNames().matcher("eth0").matches());
    assertEquals(Set.of(InterfaceType.values()), settings.interfaceTypes());
    assertEquals(Duration.ofDays(7), settings.maxStateAge());
  }

  @Test
  void everyOptionIsTakenOver() {
    SpeakerSettings settings =
        usable(
            Map.of(
                "--node", "node-b",
                "--state-dir", "/var/tmp/x",
                "--listen", "[::1]:17480",
                "--health-listen", "127.0.0.2:17481",
                "--interface-regex", "veth.*",
                "--interface-types", "vlan, bond",
                "--max-state-age", "36h",
                "--insecure", "true"));
    assertEquals(Duration.ofHours(36), settings.maxStateAge());
    assertEquals(new NodeName("node-b"), settings.node());
    assertEquals(Path.of("/var/tmp/x"), settings.stateDir());
    assertEquals(new InetSocketAddress(InetAddress.ofLiteral("::1"), 17_480), settings.listen());
    assertEquals(
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 17_481), settings.healthListen());
    assertEquals("veth.*", settings.interfaceNames().pattern());
    assertEquals(Set.of(InterfaceType.VLAN, InterfaceType.BOND), settings.interfaceTypes());
    assertEquals(new ServerSecurity.Plaintext(), settings.security());
  }

  @Test
  void aTypeThatThereIsNotIsToldWithThoseThatThereAre() {
    assertEquals(
        List.of(
            "GLB6001 --interface-types (GITLB_INTERFACE_TYPES): 'wifi' is no type of interface;"
                + " allowed are, separated by commas, physical, vlan, bond, bridge, virtual"),
        problems(
            Map.of(
                "--node", "node-a",
                "--insecure", "true",
                "--listen", "127.0.0.1:7480",
                "--interface-types", "vlan,wifi")));
  }

  @Test
  void allMistakesAreToldAtOnce() {
    List<String> problems =
        problems(
            Map.of(
                "--node", "Node_A",
                "--listen", "localhost:7480",
                "--health-listen", "0.0.0.0:7481",
                "--interface-regex", "eth[",
                "--tls-cert", directory.resolve("missing.pem").toString()));
    assertEquals(
        List.of(
            "GLB6001 --node (GITLB_NODE): 'Node_A' is not a node name; allowed are lower-case letters, digits,"
                + " '-' and '.', at most 253 characters",
            "GLB6001 --listen (GITLB_LISTEN): 'localhost:7480' is not ADDRESS:PORT; allowed is an IP address and a"
                + " port from 0 to 65535, such as 0.0.0.0:7480 or [::]:7480",
            "GLB6001 --health-listen (GITLB_HEALTH_LISTEN): '0.0.0.0' can be reached from outside; allowed is a loopback"
                + " address such as 127.0.0.1",
            "GLB6001 --interface-regex (GITLB_INTERFACE_REGEX): 'eth[' is not a regular expression: Unclosed character"
                + " class at character 4",
            "GLB6001 --tls-key (GITLB_TLS_KEY): is missing; the API needs a certificate, its key"
                + " and the authority of its callers (--insecure does without, on a loopback"
                + " address)",
            "GLB6001 --tls-ca (GITLB_TLS_CA): is missing; the API needs a certificate, its key and"
                + " the authority of its callers (--insecure does without, on a loopback address)",
            "GLB6001 --tls-cert (GITLB_TLS_CERT): '"
                + directory.resolve("missing.pem")
                + "' is not there or cannot be read",
            "GLB6001 --liveness-key-file (GITLB_LIVENESS_KEY_FILE): is missing; it holds the keys by"
                + " which speakers know each other, lines of a number from 0 to 255 and 40 hex"
                + " digits (--insecure does without)"),
        problems);
  }

  @Test
  void aMissingNodeIsTold() {
    assertEquals(
        List.of(
            "GLB6001 --node (GITLB_NODE): is missing; it is the name of this node in Kubernetes"
                + " (spec.nodeName)"),
        problems(Map.of("--insecure", "true", "--listen", "127.0.0.1:0")));
  }

  @Test
  void withoutTlsItListensOnLoopbackOnly() {
    assertEquals(
        List.of(
            "GLB6001 --listen (GITLB_LISTEN): '192.0.2.1' can be reached from outside; allowed is a loopback"
                + " address such as 127.0.0.1 with --insecure, without TLS"),
        problems(Map.of("--node", "node-a", "--insecure", "true", "--listen", "192.0.2.1:7480")));
  }

  @Test
  void insecureAndTlsContradictEachOther() {
    assertEquals(
        List.of("GLB6001 --insecure (GITLB_INSECURE): contradicts --tls-ca; leave one out"),
        problems(
            Map.of(
                "--node", "node-a",
                "--insecure", "true",
                "--listen", "127.0.0.1:0",
                "--tls-ca", "/x")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7480", ":7480", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:x", "::1:7480", "[127.0.0.1]:7480", "[::1]", "[::1]:99999999999", " 127.0.0.1:1"
      })
  void aListenAddressOfAnotherShapeIsRefused(String text) {
    assertEquals(
        1,
        problems(Map.of("--node", "node-a", "--insecure", "true", "--listen", text)).size(),
        text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "d", "7 d", "7D", "-1d", "1.5h", "1000000s", "1w", "P7D"})
  void anAgeOfAnotherShapeIsRefused(String text) {
    assertEquals(
        List.of(
            "GLB6001 --max-state-age (GITLB_MAX_STATE_AGE): '"
                + text
                + "' is not an age; allowed is a whole number of at most 6 digits with its unit: s,"
                + " m, h or d, such as 7d"),
        problems(
            Map.of(
                "--node", "node-a",
                "--insecure", "true",
                "--listen", "127.0.0.1:0",
                "--max-state-age", text)));
  }

  @Test
  void aFlagIsTrueOrFalse() {
    assertEquals(
        "GLB6001 --insecure (GITLB_INSECURE): 'maybe' is not true or false",
        problems(Map.of("--node", "node-a", "--insecure", "maybe")).getFirst());
  }

  @Test
  void anEmptyTextCountsAsAbsent() {
    SpeakerSettings settings =
        usable(
            Map.of(
                "--node", "node-a",
                "--insecure", "true",
                "--listen", "127.0.0.1:0",
                "--state-dir", ""));
    assertEquals(Path.of("/var/lib/gitlb/speaker"), settings.stateDir());
  }

  private static SpeakerSettings usable(Map<String, String> options) {
    return assertInstanceOf(Usable.class, SettingsReader.read(options)).settings();
  }

  private static List<String> problems(Map<String, String> options) {
    return assertInstanceOf(Unusable.class, SettingsReader.read(options)).problems();
  }
}
