// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.AnswerTable;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.GratuitousAnnouncement;
import io.gitlb.speaker.l2.Responder;
import io.gitlb.speaker.l2.Verdict;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Set;

/// Runs the way from a request to its reply often enough that its classes are loaded and compiled
/// before the first neighbour waits for it: the first answers of a cold process were seen to take
/// up to 100 ms.
final class ResponderWarmUp {

  /// The first compiler takes a method after 200 calls; and no more replies than one burst has.
  private static final int ROUNDS = 1_000;

  private ResponderWarmUp() {}

  static void run(InstantSource clock) {
    Ipv4 address = new Ipv4(0xC000_0201); // 192.0.2.1, for documentation
    MacAddress asker = MacAddress.of("02:00:5e:00:53:01");
    Responder responder = new Responder(MacAddress.of("02:00:5e:00:53:02"));
    AnswerTable table = new AnswerTable(Set.of(address), Set.of());
    // The request form of an announcement by the asker for another address asks for nothing of
    // ours; with our address as its target it is what an asker sends.
    byte[] request = GratuitousAnnouncement.round(address, asker).getFirst().encode();
    request[31] = 2; // the last octet of the sender's address
    for (int i = 0; i < ROUNDS; i++) {
      if (responder.answer(ByteBuffer.wrap(request), table, clock.instant())
          instanceof Verdict.Reply(EthernetFrame frame)) {
        frame.encode();
      }
    }
  }
}
