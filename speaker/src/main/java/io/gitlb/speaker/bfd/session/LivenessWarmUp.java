// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Action;
import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.AuthenticationKey;
import io.gitlb.speaker.bfd.AuthenticationType;
import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdPacket;
import io.gitlb.speaker.bfd.BfdSession;
import io.gitlb.speaker.bfd.Decoded;
import io.gitlb.speaker.bfd.Reception;
import io.gitlb.speaker.bfd.Role;
import io.gitlb.speaker.bfd.SessionTimers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/// Lets two sessions talk in memory, in a time of their own, until what they need is loaded and
/// compiled. In a cold process a hundred sessions that begin at once took longer than their
/// detection time over one round of packets, and went down again.
final class LivenessWarmUp {

  /// The first compiler takes a method after 200 calls. The second one, where there is one, comes
  /// later: a start does not wait for it.
  private static final int ROUNDS = 500;

  private static final Duration ROUND = Duration.ofMillis(50);
  private static final int SECRET_OCTETS = 20;

  private final BfdSession[] ends = new BfdSession[2];
  private final ByteBuffer octets = ByteBuffer.allocate(BfdCodec.MAX_OCTETS);
  private Instant now = Instant.EPOCH;

  private LivenessWarmUp(RandomGenerator chance) {
    Authentication keys =
        new Authentication(
            AuthenticationType.METICULOUS_SHA1,
            List.of(new AuthenticationKey(1, new byte[SECRET_OCTETS])));
    for (int i = 0; i < ends.length; i++) {
      ends[i] = new BfdSession(SessionTimers.LIVENESS, Role.ACTIVE, 1 + i, keys, chance, now);
    }
  }

  static void run(RandomGenerator chance) {
    LivenessWarmUp warmUp = new LivenessWarmUp(chance);
    for (int i = 0; i < ROUNDS; i++) {
      warmUp.round();
    }
  }

  private void round() {
    now = now.plus(ROUND);
    for (int i = 0; i < ends.length; i++) {
      perform(ends[i].transmit(now), ends[1 - i]);
      perform(ends[i].detect(now), ends[1 - i]);
    }
  }

  private void perform(List<Action> actions, BfdSession other) {
    for (Action action : actions) {
      switch (action) {
        case Action.Send send -> carry(send, other);
        case Action.Changed _ -> {}
      }
    }
  }

  private void carry(Action.Send send, BfdSession to) {
    BfdSession from = to.equals(ends[0]) ? ends[1] : ends[0];
    octets.clear();
    from.encode(send.packet(), octets);
    octets.flip();
    if (BfdCodec.decode(octets) instanceof Decoded.Wellformed(BfdPacket packet)
        && to.receive(packet, octets, now) instanceof Reception.Taken taken) {
      perform(taken.actions(), from);
    }
  }
}
