// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
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
import java.util.TreeSet;
import java.util.function.Consumer;
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
    PeerSettings p = PEER;
    return List.of(
        edit("name", Effect.SOFT, new Draft(p).with(draft -> draft.name = new PeerName("leaf"))),
        edit("myAsn", Effect.RESET, new Draft(p).with(draft -> draft.myAsn = new Asn(64_999))),
        edit(
            "peerAs",
            Effect.RESET,
            new Draft(p).with(draft -> draft.peerAs = PeerSettings.RemoteAs.Dynamic.EXTERNAL)),
        edit(
            "peerAddress",
            Effect.RESET,
            new Draft(p).with(draft -> draft.peerAddress = IpAddress.of("192.0.2.9"))),
        edit("port", Effect.RESET, new Draft(p).with(draft -> draft.port = 1_790)),
        edit(
            "holdTime",
            Effect.RESET,
            new Draft(p).with(draft -> draft.holdTime = Duration.ofSeconds(30))),
        edit(
            "keepaliveTime",
            Effect.SOFT,
            new Draft(p).with(draft -> draft.keepaliveTime = Optional.of(Duration.ofSeconds(1)))),
        edit(
            "connectTime",
            Effect.SOFT,
            new Draft(p).with(draft -> draft.connectTime = Optional.of(Duration.ofSeconds(1)))),
        edit(
            "routerId",
            Effect.RESET,
            new Draft(p).with(draft -> draft.routerId = Optional.of(new Ipv4(7)))),
        edit(
            "sourceAddress",
            Effect.RESET,
            new Draft(p)
                .with(draft -> draft.sourceAddress = Optional.of(IpAddress.of("192.0.2.2")))),
        edit("hops", Effect.RESET, new Draft(p).with(draft -> draft.hops = Hops.MULTIPLE)),
        edit(
            "families",
            Effect.RESET,
            peer(
                new Extras(
                    new TreeSet<>(List.of(IpFamily.values())),
                    Optional.empty(),
                    EXTRAS.password(),
                    EXTRAS.bfd(),
                    OptionalInt.empty(),
                    Initiative.ACTIVE,
                    Optional.empty(),
                    Optional.empty()))),
        edit(
            "restartTime",
            Effect.RESET,
            peer(
                new Extras(
                    EXTRAS.families(),
                    Optional.of(Duration.ofMinutes(2)),
                    EXTRAS.password(),
                    EXTRAS.bfd(),
                    OptionalInt.empty(),
                    Initiative.ACTIVE,
                    Optional.empty(),
                    Optional.empty()))),
        edit("password", Effect.RESET, peer(EXTRAS.withPassword(given("new")))),
        edit(
            "password",
            Effect.SOFT,
            peer(EXTRAS.withPassword(new PeerPassword.Missing("there is no Secret")))),
        edit("bfd", Effect.SOFT, peer(EXTRAS.withBfd(Optional.of(bfd(50))))),
        edit("bfd", Effect.SOFT, peer(EXTRAS.withBfd(Optional.empty()))),
        edit("ttlSecurity", Effect.RESET, peer(EXTRAS.withTtlSecurity(OptionalInt.of(1)))),
        edit("initiative", Effect.RESET, peer(EXTRAS.withInitiative(Initiative.PASSIVE))),
        edit("interfaceName", Effect.RESET, peer(EXTRAS.withInterface(Optional.of("eth1")))),
        edit("vrf", Effect.RESET, peer(EXTRAS.withVrf(Optional.of("red")))));
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

  private static Edit edit(String field, Effect effect, PeerSettings edited) {
    return new Edit(field, effect, edited);
  }

  private static PeerPassword given(String password) {
    return new PeerPassword.Given(Password.of(password.getBytes(StandardCharsets.US_ASCII)));
  }

  private static BfdSettings bfd(int milliseconds) {
    Duration interval = Duration.ofMillis(milliseconds);
    return new BfdSettings(interval, interval, 3, BfdSettings.Role.ACTIVE, 254);
  }

  private static PeerSettings peer(Extras extras) {
    return new PeerSettings(
        new PeerName("tor"),
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of("192.0.2.1"),
        179,
        Duration.ofSeconds(90),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Hops.SINGLE,
        extras);
  }

  private static final class Draft {

    private final PeerSettings base;
    private PeerName name;
    private Asn myAsn;
    private PeerSettings.RemoteAs peerAs;
    private IpAddress peerAddress;
    private int port;
    private Duration holdTime;
    private Optional<Duration> keepaliveTime;
    private Optional<Duration> connectTime;
    private Optional<Ipv4> routerId;
    private Optional<IpAddress> sourceAddress;
    private Hops hops;

    private Draft(PeerSettings base) {
      this.base = base;
      name = base.name();
      myAsn = base.myAsn();
      peerAs = base.peerAs();
      peerAddress = base.peerAddress();
      port = base.port();
      holdTime = base.holdTime();
      keepaliveTime = base.keepaliveTime();
      connectTime = base.connectTime();
      routerId = base.routerId();
      sourceAddress = base.sourceAddress();
      hops = base.hops();
    }

    private PeerSettings with(Consumer<Draft> change) {
      change.accept(this);
      return new PeerSettings(
          name,
          myAsn,
          peerAs,
          peerAddress,
          port,
          holdTime,
          keepaliveTime,
          connectTime,
          routerId,
          sourceAddress,
          hops,
          base.extras());
    }
  }
}
