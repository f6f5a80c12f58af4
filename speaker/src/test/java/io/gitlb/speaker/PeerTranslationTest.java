// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.WellKnownCommunity;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.PeerDraft;
import io.gitlb.speaker.announce.PeerExport;
import io.gitlb.speaker.announce.PeerExport.Attributes;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PeerTranslationTest {

  private static final PeerName TOR = new PeerName("tor-a");
  private static final IpPrefix PREFIX = IpPrefix.of("192.0.2.10/32");

  private final PeerTranslation translation = new PeerTranslation();

  @Test
  void settingsAndRoutesAreTakenOver() {
    PeerSettings peer = DesiredStates.peer("tor-a", "198.51.100.1");
    Community red = new Community.Standard(7);
    PeerTranslation.Translated translated =
        translation.translate(
            List.of(
                new PeerExport(
                    peer,
                    SnapshotMap.copyOf(
                        Map.of(PREFIX, new Attributes(OptionalLong.of(200), List.of(red)))))));
    PeerConfig config = translated.peers().getFirst();
    assertEquals(TOR, config.name());
    assertEquals(IpAddress.of("198.51.100.1"), config.transport().peerAddress());
    assertEquals(179, config.transport().port());
    assertEquals(new Asn(64_512), config.localAsn());
    assertEquals(new RemoteAs.Exactly(new Asn(64_513)), config.remoteAs());
    assertEquals(Duration.ofSeconds(90), config.times().holdTime());
    assertEquals(Set.of(AddressFamily.IPV4_UNICAST), config.families());
    assertEquals(Optional.empty(), config.routerId());
    assertEquals(
        Map.of(TOR, Map.of(PREFIX, new RouteAttributes(200, List.of(red)))), translated.routes());
    assertEquals(Map.of(), translated.refused());
  }

  @Test
  void aRouteWithoutLocalPreferenceHasTheUsualOne() {
    PeerTranslation.Translated translated =
        translation.translate(
            List.of(
                new PeerExport(
                    DesiredStates.peer("tor-a", "198.51.100.1"),
                    SnapshotMap.copyOf(
                        Map.of(PREFIX, new Attributes(OptionalLong.empty(), List.of()))))));
    assertEquals(Map.of(TOR, Map.of(PREFIX, RouteAttributes.DEFAULT)), translated.routes());
  }

  @Test
  void aRouteOfANodeThatIsAboutToGoIsKnownAsSuch() {
    List<Community> mark = List.of(WellKnownCommunity.GRACEFUL_SHUTDOWN);
    PeerTranslation.Translated translated =
        translation.translate(
            List.of(
                new PeerExport(
                    DesiredStates.peer("tor-a", "198.51.100.1"),
                    SnapshotMap.copyOf(
                        Map.of(
                            PREFIX, new Attributes(OptionalLong.of(0), mark, Outlook.LEAVING))))));
    assertEquals(
        Map.of(TOR, Map.of(PREFIX, new RouteAttributes(0, mark, Outlook.LEAVING))),
        translated.routes());
  }

  @Test
  void aPeerThatBgpRefusesKeepsItsLastGoodSettings() {
    PeerSettings good = DesiredStates.peer("tor-a", "198.51.100.1");
    PeerConfig before = translation.translate(List.of(export(good))).peers().getFirst();
    PeerTranslation.Translated translated =
        translation.translate(List.of(export(withoutRouterId(good))));
    assertEquals(List.of(before), translated.peers());
    assertEquals(Set.of(TOR), translated.refused().keySet());
    assertTrue(translated.refused().values().toString().contains("router id"));
  }

  @Test
  void aPeerThatNeverHadGoodSettingsIsLeftOutAndTheOthersGoOn() {
    PeerSettings bad = withoutRouterId(DesiredStates.peer("tor-a", "198.51.100.1"));
    PeerTranslation.Translated translated =
        translation.translate(
            List.of(export(bad), export(DesiredStates.peer("tor-b", "198.51.100.2"))));
    assertEquals(
        List.of(new PeerName("tor-b")), translated.peers().stream().map(PeerConfig::name).toList());
    assertEquals(Set.of(TOR), translated.refused().keySet());
  }

  @Test
  void aPeerThatWasGoneHasNoLastGoodSettings() {
    PeerSettings good = DesiredStates.peer("tor-a", "198.51.100.1");
    translation.translate(List.of(export(good)));
    translation.translate(List.of());
    assertEquals(List.of(), translation.translate(List.of(export(withoutRouterId(good)))).peers());
  }

  private static PeerExport export(PeerSettings peer) {
    return new PeerExport(peer, SnapshotMap.empty());
  }

  private static PeerSettings withoutRouterId(PeerSettings peer) {
    return PeerDraft.of(peer).routerId(new Ipv4(0)).settings();
  }

  private static PeerSettings with(PeerSettings.RemoteAs peerAs, Extras extras) {
    return PeerDraft.of(DesiredStates.peer("tor-a", "198.51.100.1"))
        .peerAs(peerAs)
        .extras(extras)
        .settings();
  }

  @Test
  void theExtrasAreTakenOver(@TempDir Path dir) throws IOException {
    Path password = Files.writeString(dir.resolve("tor"), "s3cr3t\nsecond line\n");
    Extras extras =
        new Extras(
                new TreeSet<>(List.of(IpFamily.values())),
                Optional.of(Duration.ofMinutes(2)),
                Optional.of(new PeerPassword.InFile(password.toString())))
            .withTtlSecurity(OptionalInt.of(2))
            .withInitiative(Initiative.PASSIVE);

    PeerConfig config =
        translation
            .translate(List.of(export(with(PeerSettings.RemoteAs.Dynamic.EXTERNAL, extras))))
            .peers()
            .getFirst();

    assertEquals(new RemoteAs.External(), config.remoteAs());
    assertEquals(2, config.families().size());
    assertEquals(Optional.of(Duration.ofMinutes(2)), config.gracefulRestart());
    assertEquals(
        Optional.of(Password.of("s3cr3t".getBytes(StandardCharsets.US_ASCII))),
        config.transport().key());
    assertEquals(OptionalInt.of(2), config.transport().ttlSecurity());
    assertEquals(Transport.Initiative.PASSIVE, config.transport().initiative());
  }

  /// A Secret that goes away ends no session; it keeps the next speaker from making one.
  @Test
  void thePasswordOfASecretIsUsedUntilThereIsAnother() {
    PeerSettings.RemoteAs peerAs = new PeerSettings.RemoteAs.Exactly(new Asn(64_513));
    Extras plain = Extras.of(IpFamily.IPV4);
    List<Password> used = new ArrayList<>();
    for (PeerPassword password :
        List.of(
            new PeerPassword.Missing("there is no Secret"),
            given("old"),
            given("new"),
            new PeerPassword.Missing("there is no Secret"))) {
      PeerTranslation.Translated translated =
          translation.translate(List.of(export(with(peerAs, plain.withPassword(password)))));
      translated.peers().forEach(peer -> used.add(peer.transport().key().orElseThrow()));
      assertEquals(
          password instanceof PeerPassword.Missing, !translated.refused().isEmpty(), "refused");
    }
    assertEquals(List.of(key("old"), key("new"), key("new")), used);
  }

  /// A password that is missing for months keeps no other change from the session.
  @Test
  void whatLacksItsPasswordTakesEveryOtherEdit() {
    Extras plain = Extras.of(IpFamily.IPV4);
    PeerSettings.RemoteAs before = new PeerSettings.RemoteAs.Exactly(new Asn(64_513));
    PeerSettings.RemoteAs after = new PeerSettings.RemoteAs.Exactly(new Asn(64_514));
    translation.translate(List.of(export(with(before, plain.withPassword(given("old"))))));
    PeerPassword missing = new PeerPassword.Missing("there is no Secret");
    PeerTranslation.Translated translated =
        translation.translate(List.of(export(with(after, plain.withPassword(missing)))));
    PeerConfig config = translated.peers().getFirst();
    assertEquals(new RemoteAs.Exactly(new Asn(64_514)), config.remoteAs());
    assertEquals(Optional.of(key("old")), config.transport().key());
    assertEquals(
        Map.of(TOR, "there is no Secret; goes on with the password that it had last"),
        translated.refused());
    PeerTranslation.Translated open = translation.translate(List.of(export(with(after, plain))));
    assertEquals(Optional.empty(), open.peers().getFirst().transport().key());
    assertEquals(
        List.of(),
        new PeerTranslation()
            .translate(List.of(export(with(after, plain.withPassword(missing)))))
            .peers());
  }

  private static PeerPassword given(String password) {
    return new PeerPassword.Given(Password.of(password.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Password key(String password) {
    return Password.of(password.getBytes(StandardCharsets.US_ASCII));
  }

  /// A peer is never dialled without the password that it should have.
  @Test
  void withoutItsPasswordAPeerIsLeftOut(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("tor");
    PeerSettings.RemoteAs peerAs = new PeerSettings.RemoteAs.Exactly(new Asn(64_513));
    Extras extras =
        new Extras(
            new TreeSet<>(Set.of(IpFamily.IPV4)),
            Optional.empty(),
            Optional.of(new PeerPassword.InFile(file.toString())));
    List<PeerExport> exports = List.of(export(with(peerAs, extras)));

    PeerTranslation.Translated missing = translation.translate(exports);
    assertEquals(List.of(), missing.peers());
    assertTrue(missing.refused().toString().contains("cannot be read"), missing::toString);

    Files.writeString(file, "\n");
    PeerTranslation.Translated empty = translation.translate(exports);
    assertEquals(List.of(), empty.peers());
    assertTrue(empty.refused().toString().contains("first line"), empty::toString);

    Files.writeString(file, "s3cr3t");
    assertEquals(1, translation.translate(exports).peers().size());
  }
}
