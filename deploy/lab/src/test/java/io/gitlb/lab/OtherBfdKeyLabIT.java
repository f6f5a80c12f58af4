// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A router whose BFD is signed with another key than ours. The router has it first, so no key of
/// before is heard any more.
@SharesLab
final class OtherBfdKeyLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// Longer than BGP waits for BFD.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Lab lab = new Lab();

  /// Neither end believes the other: BGP ends with BFD, and begins again when BFD was waited for in
  /// vain.
  @Test
  void bfdIsDownAndBgpGoesOnWithoutIt() {
    OnePeer lan = OnePeer.layOut(lab, PATIENCE);
    Bird bird = Bird.start(lab.sandbox(), lan.router(), BirdBfd.SIGNED);
    lan.speakers().start(lan.node());
    lan.tell(BirdBfd.peer(BirdBfd.signedWith(BirdBfd.KEY)));
    lan.awaitRoute("the router has the route", route -> !route.isEmpty());
    lan.awaitBfd();

    bird.configure(BirdBfd.SIGNED.replace(BirdBfd.KEY, "other-key"));
    Await.until(
        "BFD with another key is down",
        LIMIT,
        () -> lan.speakers().status(lan.node()).map(SpeakerStatus::bfd).orElse(List.of()),
        found -> found.stream().map(BfdStatus::state).toList().equals(List.of("Down")));
    lan.awaitRoute("the router has lost the route", String::isEmpty);
    lan.awaitRoute("the router has the route all the same", route -> !route.isEmpty());
  }
}
