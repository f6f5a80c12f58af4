// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.Reads.accepted;
import static io.gitlb.schema.yaml.Reads.document;
import static io.gitlb.schema.yaml.Reads.problems;
import static io.gitlb.schema.yaml.Reads.warnings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.PasswordSource;
import io.gitlb.schema.model.PeerAs;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerMappingTest {

  private static final List<String> MINIMUM =
      List.of("myASN: 64512", "peerASN: 64513", "peerAddress: 192.0.2.1");

  private static String peer(String version, String... further) {
    List<String> fields = new ArrayList<>(MINIMUM);
    fields.addAll(List.of(further));
    return document(version, "BGPPeer", fields.toArray(String[]::new));
  }

  private static BgpPeer read(String... further) {
    return accepted(peer("metallb.io/v1beta2", further)).bgpPeers().getFirst();
  }

  private static List<String> refused(String... further) {
    return problems(peer("metallb.io/v1beta2", further));
  }

  @ParameterizedTest
  @ValueSource(strings = {"metallb.io/v1beta1", "metallb.io/v1beta2", "gitlb.io/v1"})
  void theDefaultsAreTheSameInEveryVersion(String version) {
    BgpPeer peer = accepted(peer(version)).bgpPeers().getFirst();
    assertEquals("x", peer.name().value());
    assertEquals(64_512, peer.myAsn().number());
    assertEquals(new PeerAs.Exactly(new Asn(64_513)), peer.peerAs());
    assertEquals(new PeerEndpoint.Address(IpAddress.of("192.0.2.1")), peer.endpoint());
    assertEquals(179, peer.port());
    assertEquals(Duration.ofSeconds(90), peer.holdTime());
    assertEquals(Optional.empty(), peer.keepaliveTime());
    assertEquals(Optional.empty(), peer.connectTime());
    assertEquals(Optional.empty(), peer.routerId());
    assertEquals(Optional.empty(), peer.sourceAddress());
    assertEquals(Hops.SINGLE, peer.hops());
    assertEquals(List.of(), peer.nodeSelectors());
  }

  @Test
  void everyFieldIsRead() {
    BgpPeer peer =
        read(
            "peerPort: 1790",
            "holdTime: 1m30s",
            "keepaliveTime: 10s",
            "connectTime: 5s",
            "routerID: 192.0.2.9",
            "sourceAddress: 192.0.2.2",
            "ebgpMultiHop: true",
            "disableMP: false",
            "nodeSelectors: [{matchLabels: {rack: a}}]");
    assertEquals(1790, peer.port());
    assertEquals(Duration.ofSeconds(90), peer.holdTime());
    assertEquals(Optional.of(Duration.ofSeconds(10)), peer.keepaliveTime());
    assertEquals(Optional.of(Duration.ofSeconds(5)), peer.connectTime());
    assertEquals("192.0.2.9", peer.routerId().orElseThrow().toString());
    assertEquals("192.0.2.2", peer.sourceAddress().orElseThrow().toString());
    assertEquals(Hops.MULTIPLE, peer.hops());
    assertEquals("a", peer.nodeSelectors().getFirst().matchLabels().get("rack"));
  }

  @Test
  void onlyAKeepaliveTimeSetsTheHoldTimeToo() {
    assertEquals(Duration.ofSeconds(15), read("keepaliveTime: 5s").holdTime());
  }

  @Test
  void timersAreCutToWholeSeconds() {
    assertEquals(Duration.ofSeconds(9), read("holdTime: 9.9s").holdTime());
    assertEquals(Duration.ZERO, read("holdTime: 0s").holdTime());
  }

  @ParameterizedTest
  @CsvSource({"holdTime, 900ms", "keepaliveTime, 500ms", "holdTime, 1ns"})
  void lessThanASecondIsNotTakenForNone(String field, String time) {
    assertEquals(
        List.of(
            "a.yaml:9:%d: GLB1207 spec.%s of BGPPeer x: \"%s\" is less than a second; BGP's timers are whole seconds, and 0s means none"
                .formatted(field.length() + 5, field, time)),
        refused(field + ": " + time));
  }

  @ParameterizedTest
  @ValueSource(strings = {"myASN", "peerASN", "localASN"})
  void nobodyIsTheAsThatStandsForOthers(String field) {
    List<String> fields =
        new ArrayList<>(MINIMUM.stream().filter(line -> !line.startsWith(field)).toList());
    fields.add(field + ": 23456");
    List<String> found =
        problems(document("metallb.io/v1beta2", "BGPPeer", fields.toArray(String[]::new)));
    assertEquals(1, found.size(), found::toString);
    assertTrue(
        found
            .getFirst()
            .endsWith(
                "GLB1207 spec.%s of BGPPeer x: \"23456\" is AS_TRANS (RFC 6793), which stands for numbers above 65535 and is no router's; write the router's own"
                    .formatted(field)),
        found::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.1 | 0.0.0.0 | is no node's: it is no unicast address",
        "192.0.2.1 | 224.0.0.5 | is no node's: it is no unicast address",
        "192.0.2.1 | 255.255.255.255 | is no node's: it is no unicast address",
        "192.0.2.1 | 192.0.2.1 | is that of peerAddress, and no session is kept with oneself",
        "2001:db8::1 | '::' | is no node's: it is no unicast address",
        "2001:db8::1 | fe80::7 | is link-local, which goes with spec.interface alone; write another one, or remove it",
      })
  void anAddressThatNoNodeCanSpeakFromIsRefused(String peer, String source, String why) {
    String text =
        document(
            "gitlb.io/v1",
            "BGPPeer",
            "myASN: 1",
            "peerASN: 2",
            "peerAddress: \"" + peer + "\"",
            "sourceAddress: \"" + source + "\"");
    assertEquals(
        List.of("a.yaml:9:3: GLB1207 spec.sourceAddress of BGPPeer x " + why), problems(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"eth0:1", "..", "äääääääääääääää", "0123456789abcdef", "a/b"})
  void whatNoInterfaceCanBeCalledIsRefused(String name) {
    assertEquals(
        List.of(
            "a.yaml:9:8: GLB1207 spec.vrf of BGPPeer x: \"%s\" is not the name of a network interface; it has 1 to 15 octets, and neither '/' nor ':' nor spaces"
                .formatted(name)),
        refused("vrf: \"" + name + "\""));
  }

  @Test
  void portZeroIsTheDefaultOfTheOldVersionOnly() {
    assertEquals(
        179, accepted(peer("metallb.io/v1beta1", "peerPort: 0")).bgpPeers().getFirst().port());
    assertEquals(1, refused("peerPort: 0").size());
  }

  @Test
  void whatIsMissingIsNamed() {
    assertEquals(
        List.of(
            "a.yaml:6:3: GLB1205 spec.myASN of BGPPeer x is missing",
            "a.yaml:6:3: GLB1205 spec.peerASN of BGPPeer x is missing; write it, or spec.dynamicASN",
            "a.yaml:6:3: GLB1205 spec.peerAddress of BGPPeer x is missing; write it, or"
                + " spec.interface"),
        problems(document("metallb.io/v1beta2", "BGPPeer", "peerPort: 179")));
    assertTrue(
        problems(document("metallb.io/v1beta1", "BGPPeer", "peerPort: 179")).stream()
            .allMatch(line -> line.endsWith(" is missing")));
  }

  @ParameterizedTest
  @CsvSource({
    "myASN: 0, 'must be from 1 to 4294967295'",
    "peerASN: 4294967296, 'must be from 1 to 4294967295'",
    "peerPort: 65536, 'must be from 1 to 65535'",
    "peerAddress: 192.0.2.1/24, 'is not an IP address; no length, port or zone'",
    "peerAddress: 'router.example', 'is not an IP address'",
    "peerAddress: '::ffff:192.0.2.1', 'is an IPv4-mapped IPv6 address'",
    "routerID: '2001:db8::1', 'is not a router ID'",
    "routerID: 0.0.0.0, 'is not a router ID'",
    "holdTime: 90, 'is a whole number (90), it must be text; put it in quotes'",
    "holdTime: ninety, 'is not a duration; write it like 90s or 1m30s'",
    "connectTime: 0s, 'must be from 1s to 65535s'",
    "connectTime: 65536s, 'must be from 1s to 65535s'",
    "sourceAddress: '2001:db8::1', 'is of another address family than peerAddress'",
    "holdTime: 2s, 'the hold time of BGPPeer x is 2 s; allowed: 0, or 3 s to 65535 s'",
    "holdTime: 65536s, 'the hold time of BGPPeer x is 65536 s'",
    "ebgpMultihop: true, 'unknown field \"ebgpMultihop\" (did you mean \"ebgpMultiHop\"?)'",
  })
  void mistakesAreNamed(String field, String expected) {
    String name = field.substring(0, field.indexOf(':'));
    List<String> fields =
        new ArrayList<>(MINIMUM.stream().filter(line -> !line.startsWith(name + ":")).toList());
    fields.add(field);
    List<String> found =
        problems(document("metallb.io/v1beta2", "BGPPeer", fields.toArray(String[]::new)));
    assertEquals(1, found.size(), found::toString);
    assertEquals(
        1, found.stream().filter(line -> line.contains(expected)).count(), found::toString);
  }

  @Test
  void aKeepaliveTimeFitsTheHoldTime() {
    assertEquals(
        List.of(
            "a.yaml:10:18: GLB1309 the keepalive time of BGPPeer x is 10 s with a hold time of 9 s;"
                + " allowed: 1 s to 9 s"),
        refused("holdTime: 9s", "keepaliveTime: 10s"));
    assertEquals(1, refused("holdTime: 9s", "keepaliveTime: 500ms").size());
    assertEquals(1, refused("holdTime: 0s", "keepaliveTime: 1s").size());
    assertEquals(
        List.of(
            "a.yaml:9:18: GLB1309 the keepalive time of BGPPeer x is 0 s with a hold time of 90 s;"
                + " allowed: 1 s to 90 s"),
        refused("keepaliveTime: 0s"));
    assertEquals(Duration.ZERO, read("holdTime: 0s", "keepaliveTime: 0s").holdTime());
  }

  @Test
  void multihopIsForPeersOfAnotherAs() {
    assertEquals(
        List.of(
            "a.yaml:9:3: GLB1207 spec.ebgpMultiHop of BGPPeer x is for peers of another AS; remove"
                + " it"),
        problems(
            document(
                "gitlb.io/v1",
                "BGPPeer",
                "myASN: 64512",
                "peerASN: 64512",
                "peerAddress: 192.0.2.1",
                "ebgpMultiHop: true")));
  }

  @Test
  void theAsThatThePeerIsToldDecidesWhatAnotherOneIs() {
    String[] ours = {"myASN: 1", "peerASN: 1", "peerAddress: 192.0.2.1", "ebgpMultiHop: true"};
    assertEquals(1, problems(document("gitlb.io/v1", "BGPPeer", ours)).size());
    List<String> told = new ArrayList<>(List.of(ours));
    told.add("localASN: 2");
    assertEquals(
        List.of(), problems(document("gitlb.io/v1", "BGPPeer", told.toArray(String[]::new))));
    assertEquals(1, refused("ebgpMultiHop: true", "localASN: 64513").size());
  }

  @Test
  void aPasswordIsRefusedAndNeverShown() {
    for (String password : List.of("hunter2", "\"hunter2\"", "[hunter2]", "{hunter2: 1}", "8812")) {
      List<String> found = refused("password: " + password);
      assertEquals(1, found.size(), found::toString);
      assertEquals("a.yaml:9:3: GLB1209 ", found.getFirst().substring(0, 20));
      assertFalse(found.getFirst().contains("hunter2"), found::toString);
      assertFalse(found.getFirst().contains("8812"), found::toString);
    }
    assertEquals(List.of(), refused("password: \"\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "enableGracefulRestart: true",
        "dualStackAddressFamily: true",
        "passwordFile: /a",
        "localASN: 64514",
        "vrf: red",
      })
  void whatSpeakersCanDoIsNotWarnedOf(String field) {
    assertEquals(List.of(), warnings(peer("gitlb.io/v1", field)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "passwordSecret: {}",
        "bfdProfile: \"\"",
        "enableGracefulRestart: false",
        "vrf: \"\"",
        "dynamicASN: \"\"",
        "interface:",
        "dualStackAddressFamily: false",
      })
  void whatIsEmptyIsNotThere(String field) {
    assertEquals(List.of(), refused(field));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connectTime: 5s",
        "disableMP: true",
        "dualStackAddressFamily: true",
        "enableGracefulRestart: true",
        "localASN: 1",
        "passwordSecret: {name: a}",
        "vrf: red",
      })
  void theFirstVersionNamesTheOneThatHasAField(String field) {
    List<String> found = problems(peer("metallb.io/v1beta1", field));
    assertEquals(1, found.size(), found::toString);
    assertEquals(
        "a.yaml:9:3: GLB1204 unknown field \"%s\" in spec of BGPPeer x: it needs apiVersion: metallb.io/v1beta2"
            .formatted(field.substring(0, field.indexOf(':'))),
        found.getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"metallb.io/v1beta2", "gitlb.io/v1"})
  void theNamespaceOfASecretIsWarnedOf(String version) {
    String text = peer(version, "passwordSecret: {name: a, namespace: elsewhere}");
    BgpPeer peer = accepted(text).bgpPeers().getFirst();
    assertEquals(Optional.of(new PasswordSource.Secret("a")), peer.password());
    List<String> found = warnings(text);
    assertEquals(1, found.size(), found::toString);
    assertEquals(
        "a.yaml:9:40: GLB1514 spec.passwordSecret.namespace of BGPPeer x: \"elsewhere\" has no effect:"
            + " Secrets are looked for in the reconciler's --secrets-namespace alone,"
            + " gitlb-passwords where nothing else is said; put the Secret there and remove this",
        found.getFirst());
    assertEquals(
        List.of(),
        warnings(peer(version, "passwordSecret: {name: a, namespace: gitlb-passwords}")));
  }

  @Test
  void aZeroThatTheFirstVersionFillsInIsSaid() {
    String text = peer("metallb.io/v1beta1", "holdTime: 0s", "keepaliveTime: 0s");
    BgpPeer peer = accepted(text).bgpPeers().getFirst();
    assertEquals(Duration.ZERO, peer.holdTime());
    assertEquals(Optional.empty(), peer.keepaliveTime());
    assertEquals(
        List.of(
            "a.yaml:9:3: GLB1502 spec.holdTime of BGPPeer x is 0: without BFD a dead peer goes"
                + " unnoticed; remove it for the default of 90 s, or write it in gitlb.io/v1"),
        warnings(text));
  }

  @Test
  void aZeroThatMetallbsConversionHasWrittenIsSaid() {
    assertEquals(
        1, warnings(peer("metallb.io/v1beta2", "holdTime: 0s", "keepaliveTime: 0s")).size());
    assertEquals(List.of(), warnings(peer("gitlb.io/v1", "holdTime: 0s")));
  }

  @Test
  void fieldsThatRuleEachOtherOutAreNamed() {
    assertEquals(
        "a.yaml:9:3: GLB1207 spec.dynamicASN of BGPPeer x stands beside spec.peerASN; keep one of"
            + " both",
        refused("dynamicASN: external").getFirst());
    assertEquals(
        "a.yaml:9:3: GLB1207 spec.interface of BGPPeer x stands beside spec.peerAddress; keep one"
            + " of both",
        refused("interface: eth0").getFirst());
    assertEquals(
        "a.yaml:10:3: GLB1207 spec.passwordFile of BGPPeer x stands beside spec.passwordSecret;"
            + " keep one of both",
        problems(peer("gitlb.io/v1", "passwordSecret: {name: a}", "passwordFile: /a")).getFirst());
    assertEquals(1, refused("passwordFile: /a").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.0.0.0 | is no router's: it is no unicast address",
        "224.0.0.5 | is no router's: it is no unicast address",
        "255.255.255.255 | is no router's: it is no unicast address",
        "'::' | is no router's: it is no unicast address",
        "ff02::2 | is no router's: it is no unicast address",
        "fe80::1 | is link-local, which every link has its own of; write spec.interface instead",
      })
  void anAddressThatNoSessionCanBeKeptWithIsRefused(String address, String why) {
    String text =
        document(
            "gitlb.io/v1", "BGPPeer", "myASN: 1", "peerASN: 2", "peerAddress: \"" + address + "\"");
    assertEquals(
        List.of("a.yaml:8:3: GLB1207 spec.peerAddress of BGPPeer x " + why), problems(text));
  }

  @Test
  void aPeerAtTheEndOfAnInterfaceIsOnTheLink() {
    String[] peer = {"myASN: 1", "dynamicASN: external", "interface: eth1"};
    assertEquals(List.of(), warnings(document("gitlb.io/v1", "BGPPeer", peer)));
    assertEquals(List.of(), interfaceAnd("sourceAddress: \"fe80::7\""));
    assertEquals(List.of(), interfaceAnd("vrf: red"));
    assertEquals(
        List.of(
            "a.yaml:9:3: GLB1207 spec.ebgpMultiHop of BGPPeer x stands beside spec.interface, whose"
                + " router is on the link; remove it"),
        interfaceAnd("ebgpMultiHop: true"));
    assertEquals(
        List.of(
            "a.yaml:9:3: GLB1207 spec.sourceAddress of BGPPeer x stands beside spec.interface, whose"
                + " session is between link-local addresses; remove it"),
        interfaceAnd("sourceAddress: 192.0.2.9"));
  }

  private static List<String> interfaceAnd(String field) {
    return problems(
        document(
            "gitlb.io/v1",
            "BGPPeer",
            "myASN: 1",
            "dynamicASN: external",
            "interface: eth1",
            field));
  }

  @Test
  void whoDialsAndFromHowFarIsAsked() {
    assertEquals(Initiative.ACTIVE, read().initiative());
    assertEquals(OptionalInt.empty(), read().ttlSecurity());
    BgpPeer peer =
        accepted(peer("gitlb.io/v1", "passive: true", "ttlSecurity: 2")).bgpPeers().getFirst();
    assertEquals(Initiative.PASSIVE, peer.initiative());
    assertEquals(OptionalInt.of(2), peer.ttlSecurity());
    assertEquals(
        List.of(
            "a.yaml:10:3: GLB1207 spec.ttlSecurity of BGPPeer x stands beside spec.ebgpMultiHop,"
                + " which it does without; keep one of both"),
        problems(peer("gitlb.io/v1", "ebgpMultiHop: true", "ttlSecurity: 2")));
    assertEquals(1, problems(peer("gitlb.io/v1", "ttlSecurity: 255")).size());
    assertEquals(1, refused("passive: true").size());
    assertEquals(1, refused("ttlSecurity: 1").size());
  }

  @ParameterizedTest
  @CsvSource({
    "90s, PT1M30S",
    "1m30s, PT1M30S",
    "1.5h, PT1H30M",
    "500ms, PT0.5S",
    "1h1h, PT2H",
    "3us, PT0.000003S",
    "7ns, PT0.000000007S",
    "0, PT0S",
    "999999999h, PT999999999H",
  })
  void durationsAreReadAsKubernetesWritesThem(String text, String expected) {
    assertEquals(Optional.of(Duration.parse(expected)), Durations.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "1", "1d", "-1s", "1s ", "1 s", "1e3s", ".s", "1.s", "1S"})
  void otherDurationsAreRefused(String text) {
    assertEquals(Optional.empty(), Durations.parse(text));
  }
}
