// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

final class GitlbTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void versionNamesTheProjectVersionAndTheCommit() {
    assertEquals(0, run("version"));
    assertTrue(
        out.toString().matches("gitlb \\d\\S* \\(commit \\S+, Java 25\\S*\\)\\R"), out.toString());
  }

  @Test
  void helpTellsTheExitCodesAndTheCommands() {
    assertEquals(0, run("--help"));
    assertTrue(out.toString().contains("64     wrong options or arguments"), out.toString());
    assertTrue(out.toString().contains("version"), out.toString());
  }

  @Test
  void everyCommandHasHelp() {
    for (String name : Gitlb.commandLine(Map.of()).getSubcommands().keySet()) {
      assertEquals(0, run(name, "--help"), name);
    }
    assertEquals("", err.toString());
  }

  @Test
  void aWrongOptionIsAUsageErrorWithAHint() {
    assertEquals(64, run("version", "--loud"));
    assertTrue(err.toString().contains("gitlb: Unknown option: '--loud'"), err.toString());
  }

  @Test
  void anUnknownCommandIsAUsageError() {
    assertEquals(64, run("versoin"));
    assertTrue(err.toString().contains("gitlb version"), err.toString());
  }

  @Test
  void anOptionIsAlsoAnEnvironmentVariableAndTheOptionWins() {
    Map<String, String> environment = Map.of("GITLB_STATE_DIR", "/from/environment");
    CommandLine command = Gitlb.commandLine(environment);
    Listening listening = new Listening();
    command.addSubcommand(listening);
    command.setDefaultValueProvider(new EnvironmentDefaults(environment));

    assertEquals(0, command.execute("listening"));
    assertEquals("/from/environment", listening.stateDirectory);
    assertEquals(0, command.execute("listening", "--state-dir", "/given"));
    assertEquals("/given", listening.stateDirectory);
  }

  @Command(name = "listening")
  private static final class Listening implements Callable<Integer> {
    @Option(names = "--state-dir", required = true)
    private String stateDirectory = "";

    @Override
    public Integer call() {
      return 0;
    }
  }

  @Test
  void aFailureIsOneLineWithoutAStackTrace() {
    assertEquals(1, run("failing"));
    assertTrue(
        err.toString().startsWith("gitlb: failing failed: the disk is full\n"), err.toString());
    assertFalse(err.toString().contains("at io.gitlb"), err.toString());
  }

  private int run(String... arguments) {
    CommandLine command = Gitlb.commandLine(Map.of());
    command.addSubcommand(new Failing());
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  @Command(name = "failing")
  private static final class Failing implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new IllegalStateException("the disk is full");
    }
  }
}
