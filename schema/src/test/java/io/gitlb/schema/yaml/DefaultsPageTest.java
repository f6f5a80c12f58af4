// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.model.BfdProfile;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// DEFAULTS.md and the reader know the same defaults.
class DefaultsPageTest {

  private static final String[] PEER = {
    "myASN: 64512", "peerASN: 64513", "peerAddress: 198.51.100.1"
  };

  /// kind and field → what the page says is ours
  private static Map<String, String> page() throws IOException {
    return Files.readAllLines(Path.of("DEFAULTS.md")).stream()
        .filter(line -> line.startsWith("| B"))
        .map(line -> line.split("\\|", -1))
        .collect(
            Collectors.toMap(
                cells -> cells[1].strip() + " " + cells[2].strip(),
                cells -> cells[5].strip(),
                (a, b) -> a + " and " + b,
                TreeMap::new));
  }

  private static BgpPeer peer(String version, String... more) {
    String[] fields = new String[PEER.length + more.length];
    System.arraycopy(PEER, 0, fields, 0, PEER.length);
    System.arraycopy(more, 0, fields, PEER.length, more.length);
    return Reads.accepted(Reads.document(version, "BGPPeer", fields)).bgpPeers().getFirst();
  }

  private static Definitions bare(String kind) {
    return Reads.accepted(
        "apiVersion: metallb.io/v1beta1\nkind: " + kind + "\nmetadata: {name: x}\nspec: {}\n");
  }

  private static String seconds(Duration time) {
    return time.toSeconds() + "s";
  }

  @Test
  void thePageSaysWhatTheReaderDoes() throws IOException {
    Map<String, String> read = new TreeMap<>();
    BgpPeer peer = peer("metallb.io/v1beta2");
    read.put("BGPPeer holdTime", seconds(peer.holdTime()));
    read.put("BGPPeer holdTime, in v1beta1", seconds(peer("metallb.io/v1beta1").holdTime()));
    read.put("BGPPeer peerPort", Integer.toString(peer.port()));
    read.put(
        "BGPPeer keepaliveTime",
        peer.keepaliveTime().map(Object::toString).orElse("a third of the hold time"));
    read.put(
        "BGPPeer connectTime", peer.connectTime().map(Object::toString).orElse("the speaker's 5s"));
    Duration derived = peer("metallb.io/v1beta2", "keepaliveTime: 7s").holdTime();
    read.put(
        "BGPPeer holdTime, with keepaliveTime alone",
        derived.equals(Duration.ofSeconds(21)) ? "three times it" : derived.toString());
    BgpAdvertisement ad = bare("BGPAdvertisement").bgpAdvertisements().getFirst();
    read.put(
        "BGPAdvertisement localPref", ad.localPreference().isEmpty() ? "not set" : "something");
    read.put("BGPAdvertisement aggregationLength", Integer.toString(ad.aggregationLengthIpv4()));
    read.put("BGPAdvertisement aggregationLengthV6", Integer.toString(ad.aggregationLengthIpv6()));
    BfdProfile bfd = bare("BFDProfile").bfdProfiles().getFirst();
    read.put("BFDProfile receiveInterval", Long.toString(bfd.receiveInterval().toMillis()));
    read.put("BFDProfile transmitInterval", Long.toString(bfd.transmitInterval().toMillis()));
    read.put("BFDProfile detectMultiplier", Integer.toString(bfd.detectMultiplier()));
    read.put("BFDProfile echoInterval", Long.toString(bfd.echoInterval().toMillis()));
    read.put("BFDProfile minimumTtl", Integer.toString(bfd.minimumTtl()));
    assertEquals(read, page());
  }
}
