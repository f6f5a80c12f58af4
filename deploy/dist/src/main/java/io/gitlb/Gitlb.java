// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import io.gitlb.apiserver.ApiServerCommand;
import io.gitlb.demo.DemoCommand;
import io.gitlb.reconciler.ReconcilerCommand;
import io.gitlb.reconciler.cli.HistoryCommand;
import io.gitlb.reconciler.cli.PlanCommand;
import io.gitlb.reconciler.cli.SchemaCommand;
import io.gitlb.reconciler.cli.StatusCommand;
import io.gitlb.reconciler.cli.ValidateCommand;
import io.gitlb.speaker.cli.SpeakerCommand;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ScopeType;

/// The root command and main class of the distribution.
@Command(
    name = "gitlb",
    description = "LoadBalancer Services for bare-metal Kubernetes, driven from Git.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = BuildVersion.Provider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed; stderr says why",
      "2, 3:an answer of the command itself, where its --help says so",
      "64:wrong options or arguments"
    },
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  GITLB_LOG_LEVEL   TRACE, DEBUG, INFO (default), WARN or ERROR",
      "  GITLB_JAVA_OPTS   further options for the Java process",
      "  Every option --x-y of a command can be given as GITLB_X_Y; the option wins."
    })
public final class Gitlb {

  private Gitlb() {}

  /// Runs one command and ends the process with its exit code.
  public static void main(String[] arguments) {
    boolean isSpeaker = arguments.length > 0 && arguments[0].equals("speaker");
    List<Class<?>> commands = isSpeaker ? List.of(SpeakerCommand.class) : allCommands();
    System.exit(commandLine(System.getenv(), commands).execute(arguments));
  }

  /// In the order of the help.
  private static List<Class<?>> allCommands() {
    return List.of(
        DemoCommand.class,
        ValidateCommand.class,
        PlanCommand.class,
        ReconcilerCommand.class,
        SpeakerCommand.class,
        ApiServerCommand.class,
        StatusCommand.class,
        HistoryCommand.class,
        SchemaCommand.class,
        VersionCommand.class,
        HelpCommand.class);
  }

  /// The whole tree of commands.
  ///
  /// @param environment variable → value, where options that were not given are looked up
  static CommandLine commandLine(Map<String, String> environment) {
    return commandLine(environment, allCommands());
  }

  // A speaker that starts does not wait until the options of all other commands are read.
  private static CommandLine commandLine(Map<String, String> environment, List<Class<?>> commands) {
    ExitCodes exitCodes = new ExitCodes();
    CommandLine root = new CommandLine(new Gitlb());
    commands.forEach(root::addSubcommand);
    return root.setDefaultValueProvider(new EnvironmentDefaults(environment))
        .setParameterExceptionHandler(exitCodes)
        .setExecutionExceptionHandler(exitCodes)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }
}
