// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.git.LedgerStory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class HistoryCommandTest {

  @TempDir Path temp;
  private LedgerStory story;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() {
    story = LedgerStory.write(temp);
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return new CommandLine(new HistoryCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private int ask(String... question) {
    String[] arguments = java.util.Arrays.copyOf(question, question.length + 2);
    arguments[question.length] = "--repo";
    arguments[question.length + 1] = story.repository().toString();
    return run(arguments);
  }

  private String commit(int step) {
    return story.commits().get(step).substring(0, 12);
  }

  @Test
  void anAddressIsToldNewestFirstInWords() {
    assertEquals(0, ask("10.77.0.110"));
    assertEquals(
        """
        10.77.0.110 on allocations/demo, newest first:

        2026-05-04T09:00:00Z  now                   %s  demo/api has it, from pool lan (automatic)
        2026-05-03T16:01:00Z  2026-05-04T09:00:00Z  %s  nobody had it; free
        2026-05-03T15:01:00Z  2026-05-03T16:01:00Z  %s  nobody had it; it rests, demo/web had it last
        2026-05-03T15:00:00Z  2026-05-03T15:01:00Z  %s  nobody had it; it is taken back from demo/web
        2026-05-03T14:00:00Z  2026-05-03T15:00:00Z  %s  demo/web had it, from pool lan (automatic)
        """
            .formatted(commit(5), commit(4), commit(3), commit(2), commit(0)),
        out.toString());
  }

  @Test
  void whoHadItAtAMoment() {
    assertEquals(0, ask("10.77.0.110", "--at", "2026-05-03 14:05"));
    assertEquals(
        """
        2026-05-03T14:05:00Z, 10.77.0.110: demo/web had it, from pool lan (automatic)
          since 2026-05-03T14:00:00Z until 2026-05-03T15:00:00Z, commit %s, config commit %s
        """
            .formatted(story.commits().get(0), story.configCommit()),
        out.toString());
    assertEquals(0, ask("10.77.0.110", "--at", "2026-05-03T13:59:59Z"));
    assertEquals(
        "2026-05-03T13:59:59Z, 10.77.0.110: nobody had it; its first record on allocations/demo is"
            + " of 2026-05-03T14:00:00Z\n",
        out.toString());
    assertEquals(0, ask("10.77.0.110", "--at", "2026-05-03T17:00:30+02:00"));
    assertTrue(out.toString().contains("taken back from demo/web"), out.toString());
  }

  @Test
  void aServiceIsToldWithAllItsAddresses() {
    assertEquals(0, ask("demo/web"));
    assertEquals(
        """
        demo/web on allocations/demo, newest first:

        2026-05-03T15:01:00Z  2026-05-03T16:01:00Z  %1$s  10.77.0.110: nobody had it; it rests, demo/web had it last
        2026-05-03T15:00:00Z  2026-05-03T15:01:00Z  %2$s  10.77.0.110: nobody had it; it is taken back from demo/web
        2026-05-03T14:30:00Z  now                   %3$s  2001:db8:77::1: demo/web has it, from pool lan (automatic); held, the definitions no longer give it
        2026-05-03T14:00:00Z  2026-05-03T15:00:00Z  %4$s  10.77.0.110: demo/web had it, from pool lan (automatic)
        """
            .formatted(commit(3), commit(2), commit(1), commit(0)),
        out.toString());
    assertEquals(0, ask("demo/web", "--at", "2026-05-03T14:45:00Z"));
    assertEquals(4, out.toString().lines().count(), out.toString());
  }

  @Test
  void jsonSaysTheSame() {
    assertEquals(0, ask("10.77.0.110", "--at", "2026-05-03T14:05:00Z", "-o", "json"));
    assertEquals(
        """
        {
          "address": "10.77.0.110",
          "branch": "allocations/demo",
          "head": "%s",
          "at": "2026-05-03T14:05:00Z",
          "periods": [
            {
              "from": "2026-05-03T14:00:00Z",
              "until": "2026-05-03T15:00:00Z",
              "address": "10.77.0.110",
              "state": "allocated",
              "commit": "%s",
              "committed": "2026-05-03T14:00:00Z",
              "by": "gitlb <gitlb@demo.invalid>",
              "subject": "allocate 10.77.0.110 to demo/web from pool lan (automatic)",
              "action": "allocate",
              "owned": true,
              "services": [
                {
                  "service": "demo/web",
                  "uid": "uid-web",
                  "ports": [
                    "TCP/80"
                  ]
                }
              ],
              "pool": "lan",
              "reason": "automatic",
              "configCommit": "%s"
            }
          ]
        }
        """
            .formatted(story.commits().getLast(), story.commits().getFirst(), story.configCommit()),
        out.toString());
    assertEquals(0, ask("demo/web", "-o", "json"));
    assertTrue(out.toString().contains("\"service\": \"demo/web\",\n  \"branch\""), out.toString());
  }

  @Test
  void whatIsWrongIsSaidWithACode() {
    assertEquals(1, ask("10.9.9.9"));
    assertTrue(
        err.toString().startsWith("gitlb: history failed: GLB2060 10.9.9.9 was never recorded on"),
        err.toString());
    assertEquals(1, ask("demo/nobody"));
    assertTrue(err.toString().contains("GLB2060 no address was ever recorded for demo/nobody"));
    assertEquals(1, ask("10.77.0.110", "--branch", "allocations/other"));
    assertTrue(
        err.toString()
            .contains(
                "GLB2005 the repository has no branch allocations/other; its ledgers are:"
                    + " allocations/demo"),
        err.toString());
    assertEquals(1, run("10.77.0.110", "--repo", temp.resolve("nowhere").toString()));
    assertTrue(err.toString().contains("GLB2004"), err.toString());
    assertEquals(2, ask("10.77.0"));
    assertTrue(
        err.toString().contains("GLB2061 '10.77.0' is neither an address such as 192.0.2.10 nor"),
        err.toString());
    assertEquals(2, ask("10.77.0.110", "--at", "yesterday"));
    assertTrue(err.toString().contains("'yesterday' is not a time such as 2026-05-03T14:05:00Z"));
  }
}
