// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatusLineTest {

  @Test
  void readsTheStatusAndNothingBehindIt() {
    assertEquals(new StatusLine.Complete(200), read("HTTP/1.1 200 OK\r\n"));
    assertEquals(new StatusLine.Complete(503), read("HTTP/1.0 503"));
    assertEquals(new StatusLine.Complete(404), read("HTTP/1.1 404\u0000\uffff"));
  }

  @Test
  void everyPrefixWaitsForMore() {
    String whole = "HTTP/1.1 200";
    for (int length = 0; length < whole.length(); length++) {
      assertEquals(new StatusLine.Incomplete(), read(whole.substring(0, length)), "" + length);
    }
  }

  @Test
  void whatIsNotHttpIsNoAnswer() {
    for (String bad :
        List.of(
            "HTTP/2.0 200",
            "HTTP/1.1 099",
            "HTTP/1.1 600",
            "HTTP/1.1 2x0",
            "HTTP/1.1\t200",
            "GET /healthz",
            "\u0015\u0003",
            "h")) {
      assertEquals(new StatusLine.Malformed(), read(bad), bad);
    }
  }

  private static StatusLine read(String text) {
    byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
    return StatusLine.read(octets, octets.length);
  }
}
