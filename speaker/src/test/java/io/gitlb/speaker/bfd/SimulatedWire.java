// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Two machines, a millisecond a step, and a wire between them that delays by up to 10 ms.
final class SimulatedWire {

  private final RandomGenerator chance;
  private final BfdSession[] ends = new BfdSession[2];
  private final List<Flight> flying = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private double loss;
  private boolean cut;
  private int changes;

  private record Flight(int to, Instant arrives, ByteBuffer octets) {}

  SimulatedWire(long seed, Authentication authentication) {
    chance = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 2; i++) {
      ends[i] =
          new BfdSession(SessionTimers.LIVENESS, Role.ACTIVE, 10 + i, authentication, chance, now);
    }
  }

  void run(Duration time) {
    Instant end = now.plus(time);
    while (now.isBefore(end)) {
      now = now.plusMillis(1);
      deliver();
      for (int i = 0; i < 2; i++) {
        perform(i, ends[i].transmit(now));
        perform(i, ends[i].detect(now));
      }
    }
  }

  private void deliver() {
    List<Flight> arrived =
        flying.stream().filter(flight -> !flight.arrives().isAfter(now)).toList();
    flying.removeAll(arrived);
    for (Flight flight : arrived) {
      if (BfdCodec.decode(flight.octets()) instanceof Decoded.Wellformed(BfdPacket packet)
          && ends[flight.to()].receive(packet, flight.octets(), now)
              instanceof Reception.Taken(List<Action> actions)) {
        perform(flight.to(), actions);
      }
    }
  }

  private void perform(int from, List<Action> actions) {
    for (Action action : actions) {
      switch (action) {
        case Action.Changed _ -> changes++;
        case Action.Send(BfdPacket packet) -> {
          ByteBuffer octets = ByteBuffer.allocate(BfdCodec.MAX_OCTETS);
          ends[from].encode(packet, octets);
          if (!cut && chance.nextDouble() >= loss) {
            flying.add(new Flight(1 - from, now.plusMillis(chance.nextInt(10)), octets.flip()));
          }
        }
      }
    }
  }

  /// Another pace at both ends, by Poll.
  void pace(SessionTimers timers) {
    for (BfdSession end : ends) {
      end.change(timers);
    }
  }

  /// Other keys at one end.
  void replace(int end, Authentication keys) {
    ends[end].replace(keys, now);
  }

  void cut() {
    cut = true;
    flying.clear();
  }

  void heal() {
    cut = false;
  }

  void loss(double share) {
    loss = share;
  }

  int changes() {
    return changes;
  }

  boolean bothUp() {
    return ends[0].state() == SessionState.UP && ends[1].state() == SessionState.UP;
  }

  boolean bothDown() {
    return ends[0].state() != SessionState.UP && ends[1].state() != SessionState.UP;
  }
}
