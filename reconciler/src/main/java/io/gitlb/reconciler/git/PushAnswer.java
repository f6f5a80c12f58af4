// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.util.List;
import java.util.Locale;
import org.eclipse.jgit.transport.RemoteRefUpdate;

/// What a remote said to a push of one branch.
sealed interface PushAnswer {

  /// The branch is where we wanted it.
  record Taken() implements PushAnswer {}

  /// The branch was somewhere else than expected, was being moved, or we don't know: look again
  /// where it is.
  ///
  /// @param found in words
  record LookAgain(String found) implements PushAnswer {}

  /// The remote does not want it, and will not want it at the next try either.
  ///
  /// @param found in the remote's words
  record Refused(String found) implements PushAnswer {}

  /// What servers say when two pushes meet; their wording differs from server to server.
  List<String> RACE_TEXTS =
      List.of(
          "lock",
          "invalid old id",
          "incorrect old value",
          "failed to update ref",
          "failed to write",
          "fetch first",
          "non-fast-forward",
          "stale info",
          "try again",
          "timeout",
          "temporarily");

  /// Reads an answer.
  ///
  /// @param remoteText what the remote printed beside it, such as the output of a hook
  static PushAnswer of(RemoteRefUpdate update, String remoteText) {
    String message = update.getMessage() == null ? "" : update.getMessage();
    return switch (update.getStatus()) {
      case OK, UP_TO_DATE -> new Taken();
      case REJECTED_REMOTE_CHANGED, REJECTED_NONFASTFORWARD, NON_EXISTING ->
          new LookAgain("the branch was moved by somebody else");
      case AWAITING_REPORT, NOT_ATTEMPTED ->
          new LookAgain("the connection ended before the remote had said whether it took it");
      case REJECTED_NODELETE -> new Refused(words(message, remoteText));
      case REJECTED_OTHER_REASON ->
          isRace(message)
              ? new LookAgain(words(message, remoteText))
              : new Refused(words(message, remoteText));
    };
  }

  private static boolean isRace(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return RACE_TEXTS.stream().anyMatch(lower::contains);
  }

  private static String words(String message, String remoteText) {
    return remoteText.isBlank() ? message : message + ": " + remoteText.strip();
  }
}
