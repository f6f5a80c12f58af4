// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.OptionSpec;

final class SpeakerCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void allBadSettingsAreToldAndTheExitCodeIsTwo() {
    int exit = command().execute("--listen", "nowhere", "--insecure", "--interface-regex", "(");
    assertEquals(2, exit);
    assertEquals(3, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().contains("GLB6001 --node (GITLB_NODE): is missing"));
    assertTrue(err.toString().contains("GLB6001 --listen (GITLB_LISTEN): 'nowhere'"));
    assertTrue(err.toString().contains("GLB6001 --interface-regex (GITLB_INTERFACE_REGEX): '('"));
  }

  @Test
  void aDefaultFromOutsideCountsLikeTheOption() {
    int exit =
        command()
            .setDefaultValueProvider(variable("--insecure", "perhaps"))
            .execute("--node", "node-a");
    assertEquals(2, exit);
    assertTrue(err.toString().contains("--insecure (GITLB_INSECURE): 'perhaps'"), err.toString());
  }

  @Test
  void helpNamesEveryOptionAndExitCode() {
    assertEquals(0, command().execute("--help"));
    String help = out.toString();
    for (String text :
        new String[] {
          "--node",
          "--state-dir",
          "--listen",
          "--health-listen",
          "--interface-regex",
          "--interface-types",
          "--tls-cert",
          "--tls-key",
          "--tls-ca",
          "--reconciler-url",
          "--liveness-key-file",
          "--max-state-age",
          "--insecure",
          "CAP_NET_RAW",
          "NoCapture",
          "CAP_NET_BIND_SERVICE",
          "CAP_SYS_NICE",
          "Exit codes"
        }) {
      assertTrue(help.contains(text), text);
    }
  }

  private CommandLine command() {
    return new CommandLine(new SpeakerCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }

  private static IDefaultValueProvider variable(String option, String text) {
    return argument ->
        argument instanceof OptionSpec spec && spec.longestName().equals(option) ? text : null;
  }
}
