// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.routed;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.receive.StatusBoard;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class WaysTest {

  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");

  private final List<DesiredState> followed = new ArrayList<>();
  private boolean broken;
  private final Ways ways = new Ways(new OnLinks(), this::follow, new StatusBoard(SELF, "boot-1"));

  /// The address is answered for on a link, and no router has a route.
  private static final class OnLinks implements Ways.Surroundings {
    @Override
    public Predicate<IpAddress> answered() {
      return ADDRESS::equals;
    }

    @Override
    public Predicate<IpAddress> held() {
      return ADDRESS::equals;
    }

    @Override
    public Predicate<IpAddress> routed() {
      return _ -> false;
    }
  }

  private void follow(DesiredState state, Origin origin) {
    if (broken) {
      throw new IllegalStateException("made up");
    }
    followed.add(state);
  }

  @Test
  void aStateThatCouldNotBeBroughtInForceIsNotWhatTheNextOneIsJudgedBy() {
    ways.apply(state(1, List.of(), layer2(ADDRESS.toString(), List.of(SELF))), Origin.RECONCILER);
    broken = true;
    assertThrows(
        IllegalStateException.class, () -> ways.apply(state(2, List.of()), Origin.RECONCILER));
    broken = false;
    DesiredState byBgp =
        state(
            3,
            List.of(),
            routed(
                ADDRESS.toString(),
                new BgpRoute(
                    IpPrefix.of(ADDRESS + "/32"),
                    OptionalLong.empty(),
                    List.of(),
                    new TreeSet<>(List.of(new PeerName("tor"))))));
    ways.apply(byBgp, Origin.RECONCILER);
    assertEquals(new TreeSet<>(List.of(ADDRESS)), ways.keptOnLinks());
    assertEquals(
        true, followed.getLast().announcements().find(ADDRESS).orElseThrow().layer2().isPresent());
  }
}
