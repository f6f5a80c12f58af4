// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// What a caller reads from the exit code, and what a person reads when a command fails. 2 and 3
/// are left to the commands that document them, so a wrong option is 64, the `EX_USAGE` of
/// `sysexits.h`.
final class ExitCodes implements IParameterExceptionHandler, IExecutionExceptionHandler {

  static final int FAILED = 1;
  static final int USAGE = 64;

  @Override
  public int handleParseException(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    command.getErr().println("gitlb: " + problem.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(problem, command.getErr())) {
      command
          .getErr()
          .println(
              "Try '" + command.getCommandSpec().qualifiedName() + " --help' for what is allowed.");
    }
    return USAGE;
  }

  @Override
  public int handleExecutionException(Exception problem, CommandLine command, ParseResult parsed) {
    String message = problem.getMessage();
    command
        .getErr()
        .println(
            "gitlb: "
                + command.getCommandName()
                + " failed: "
                + (message == null ? problem.getClass().getSimpleName() : message));
    if (wantsDetail(System.getenv("GITLB_LOG_LEVEL"))) {
      problem.printStackTrace(command.getErr());
    } else {
      command.getErr().println("With GITLB_LOG_LEVEL=DEBUG in the environment it says more.");
    }
    return FAILED;
  }

  private static boolean wantsDetail(@org.jspecify.annotations.Nullable String level) {
    return "DEBUG".equalsIgnoreCase(level) || "TRACE".equalsIgnoreCase(level);
  }
}
