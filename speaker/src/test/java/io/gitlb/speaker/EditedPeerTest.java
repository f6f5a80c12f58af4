// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.PeerDraft;
import io.gitlb.speaker.announce.PeerExport;
import io.gitlb.speaker.bgp.PeerConfig;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which edits of a peer reset its session: what `plan` says, and what the speaker does. Every
/// field is here.
class EditedPeerTest {

  private static final Extras EXTRAS =
      Extras.of(IpFamily.IPV4).withPassword(given("old")).withBfd(Optional.of(bfd(300)));

  private static final PeerSettings PEER = peer(EXTRAS);

  enum Effect {
    /// The session goes on.
    SOFT,
    RESET
  }

  /// @param field of [PeerSettings] or of [Extras]
  record Edit(String field, Effect effect, PeerSettings edited) {}

  static List<Edit> edits() {
    return List.of(
        edit("name", Effect.SOFT, draft().name("leaf")),
        edit("myAsn", Effect.RESET, draft().myAsn(64_999)),
        edit("peerAs", Effect.RESET, draft().peerAs(PeerSettings.RemoteAs.Dynamic.EXTERNAL)),
        edit("peerAddress", Effect.RESET, draft().peerAddress(IpAddress.of("192.0.2.9"))),
        edit("port", Effect.RESET, draft().port(1_790)),
        edit("holdTime", Effect.RESET, draft().holdTime(Duration.ofSeconds(30))),
        edit("keepaliveTime", Effect.SOFT, draft().keepaliveTime(Duration.ofSeconds(1))),
        edit("connectTime", Effect.SOFT, draft().connectTime(Duration.ofSeconds(1))),
        edit("routerId", Effect.RESET, draft().routerId(new Ipv4(7))),
        edit("sourceAddress", Effect.RESET, draft().sourceAddress(IpAddress.of("192.0.2.2"))),
        edit("hops", Effect.RESET, draft().hops(Hops.MULTIPLE)),
        edit(
            "families",
            Effect.RESET,
            draft().extras(extras(new TreeSet<>(List.of(IpFamily.values())), Optional.empty()))),
        edit(
            "restartTime",
            Effect.RESET,
            draft().extras(extras(EXTRAS.families(), Optional.of(Duration.ofMinutes(2))))),
        edit("password", Effect.RESET, draft().extras(EXTRAS.withPassword(given("new")))),
        edit(
            "password",
            Effect.SOFT,
            draft().extras(EXTRAS.withPassword(new PeerPassword.Missing("there is no Secret")))),
        edit("bfd", Effect.SOFT, draft().extras(EXTRAS.withBfd(Optional.of(bfd(50))))),
        edit("bfd", Effect.SOFT, draft().extras(EXTRAS.withBfd(Optional.empty()))),
        edit(
            "ttlSecurity", Effect.RESET, draft().extras(EXTRAS.withTtlSecurity(OptionalInt.of(1)))),
        edit("initiative", Effect.RESET, draft().extras(EXTRAS.withInitiative(Initiative.PASSIVE))),
        edit(
            "interfaceName",
            Effect.RESET,
            draft().extras(EXTRAS.withInterface(Optional.of("eth1")))),
        edit("vrf", Effect.RESET, draft().extras(EXTRAS.withVrf(Optional.of("red")))));
  }

  @ParameterizedTest
  @MethodSource("edits")
  void planAndSpeakerAgreeOnWhatAnEditDoes(Edit edit) {
    PeerTranslation translation = new PeerTranslation();
    PeerConfig before = translated(translation, PEER);
    PeerConfig after = translated(translation, edit.edited());
    boolean soft = edit.effect() == Effect.SOFT;
    assertEquals(soft, after.keepsSessionOf(before), "what the speaker does");
    assertEquals(soft, edit.edited().keepsSessionOf(PEER), "what plan says");
  }

  @Test
  void noFieldIsLeftOut() {
    Set<String> fields =
        Stream.of(PeerSettings.class, Extras.class)
            .flatMap(type -> Arrays.stream(type.getRecordComponents()))
            .map(RecordComponent::getName)
            .filter(name -> !name.equals("extras"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        fields, edits().stream().map(Edit::field).collect(Collectors.toCollection(TreeSet::new)));
  }

  private static PeerConfig translated(PeerTranslation translation, PeerSettings peer) {
    return translation
        .translate(List.of(new PeerExport(peer, SnapshotMap.empty())))
        .peers()
        .getFirst();
  }

  private static Extras extras(SortedSet<IpFamily> families, Optional<Duration> restartTime) {
    return new Extras(families, restartTime, EXTRAS.password()).withBfd(EXTRAS.bfd());
  }

  private static PeerDraft draft() {
    return PeerDraft.of(PEER);
  }

  private static Edit edit(String field, Effect effect, PeerDraft edited) {
    return new Edit(field, effect, edited.settings());
  }

  private static PeerPassword given(String password) {
    return new PeerPassword.Given(Password.of(password.getBytes(StandardCharsets.US_ASCII)));
  }

  private static BfdSettings bfd(int milliseconds) {
    Duration interval = Duration.ofMillis(milliseconds);
    return new BfdSettings(interval, interval, 3, BfdSettings.Role.ACTIVE, 254);
  }

  private static PeerSettings peer(Extras extras) {
    return PeerDraft.of(DesiredStates.peer("tor", "192.0.2.1")).extras(extras).settings();
  }
}
