// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.MacAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArpReplyTest {

  @Test
  void everyAnswerLineIsFound() {
    String output =
        """
        ARPING 192.0.2.10 from 192.0.2.1 eth0
        Unicast reply from 192.0.2.10 [02:00:5E:00:53:01]  0.611ms
        Broadcast reply from 192.0.2.10 [02:00:5E:00:53:02] for 192.0.2.1 [FF:FF:FF:FF:FF:FF]  0.700ms
        Sent 1 probes (1 broadcast(s))
        Received 2 response(s)
        """;

    List<ArpReply> replies = ArpReply.allIn(output);

    assertEquals(
        List.of(MacAddress.of("02:00:5e:00:53:01"), MacAddress.of("02:00:5e:00:53:02")),
        replies.stream().map(ArpReply::sender).toList());
    assertEquals(
        "Unicast reply from 192.0.2.10 [02:00:5E:00:53:01]  0.611ms", replies.getFirst().line());
  }

  @Test
  void silenceIsNoAnswer() {
    assertEquals(
        List.of(),
        ArpReply.allIn("ARPING 192.0.2.10 from 192.0.2.1 eth0\nReceived 0 response(s)\n"));
  }
}
