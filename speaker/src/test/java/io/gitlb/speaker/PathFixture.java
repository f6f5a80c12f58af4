// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.value.Hops;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.PeerDraft;
import io.gitlb.speaker.bfd.session.RouterEnd;
import io.gitlb.speaker.bgp.session.BgpSpeaker;
import io.gitlb.speaker.bgp.session.ScriptedPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// BFD and BGP with one router on loopback, wired as in the speaker; closed after each test.
final class PathFixture implements AfterEachCallback {

  static final Duration HOLD = Duration.ofSeconds(90);

  /// A router that is silent for a second is away.
  static final BfdSettings BFD =
      new BfdSettings(
          Duration.ofMillis(100), Duration.ofMillis(100), 10, BfdSettings.Role.ACTIVE, 254);

  /// The router's BFD.
  final RouterEnd router;

  /// The router's BGP.
  final ScriptedPeer tor;

  final RouterWatch watch;

  /// What was told of the sessions of BFD, the latest last.
  final Deque<List<BfdStatus>> bfd = new ConcurrentLinkedDeque<>();

  private final BgpSpeaker speaker;
  private final BgpExports exports;

  PathFixture() {
    try {
      router = new RouterEnd(Hops.SINGLE);
      tor = ScriptedPeer.listening(0, router.theirs().toString());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    speaker = BgpSpeaker.start(DesiredStates.SELF, InstantSource.system(), _ -> {});
    exports = BgpExportsTest.warm(speaker);
    watch =
        new RouterWatch(
            RouterWatch.PathListener.of(speaker),
            all -> bfd.addLast(all),
            InstantSource.system(),
            () -> _ -> true);
  }

  /// The router as the speaker has it.
  PeerSettings peer(String name, ScriptedPeer where, Duration holdTime) {
    PeerSettings plain = BgpExportsTest.draft(name, where).holdTime(holdTime).settings();
    return PeerDraft.of(plain)
        .sourceAddress(router.ours())
        .extras(plain.extras().withBfd(Optional.of(BFD)))
        .settings();
  }

  /// Has these peers, in the order of the speaker.
  void apply(List<PeerSettings> peers) {
    DesiredState state = DesiredStates.state(1, peers);
    watch.apply(state);
    exports.apply(state);
  }

  /// Whether the speaker dials within that time.
  boolean dialledBy(Duration time) {
    try {
      return !tor.isLeftAlone(time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    speaker.close();
    watch.close();
    tor.close();
    router.close();
  }
}
