// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.demo.git.LogEntry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StoryTest {

  private final StringWriter text = new StringWriter();
  private final Story story = new Story(new PrintWriter(text));

  @Test
  void columnsLineUp() {
    story.section("Setting up");
    story.fact("network", "two nodes", "and a router");
    story.event(Duration.ofMillis(1230), "seen", "192.0.2.10");
    story.more("more of it");
    story.log(
        List.of(
            new LogEntry("0123456789", "allocate", List.of(new LogEntry.Trailer("Pool", "lan")))));

    assertEquals(
        """

        Setting up
          network       two nodes
                        and a router
                1.23 s  seen       192.0.2.10
                                   more of it

          0123456789  allocate
                      Pool: lan
        """,
        text.toString().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void afterHushOnlyTheEndIsPrinted() {
    story.hush("Stopping.");
    story.line("a program has died");
    story.end("Removed.");

    assertEquals("Stopping.\nRemoved.\n", text.toString().replace(System.lineSeparator(), "\n"));
  }
}
