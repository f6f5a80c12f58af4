// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.util.regex.Pattern;

/// Makes text that came from elsewhere fit for one line of a log, a dashboard or an Event.
final class OneLine {

  /// Longer texts are cut; hooks may print pages.
  private static final int MAX_CHARACTERS = 1_000;

  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\s]+");

  /// Greedy on purpose: a password with a slash or an at sign in it goes whole.
  private static final Pattern USER_INFO = Pattern.compile("://[^\\s'\"]*@");

  private static final Pattern QUERY = Pattern.compile("(://[^\\s'\"?]*)\\?[^\\s'\"]*");

  private OneLine() {}

  /// The text on one line, without control characters; user information and queries, where tokens
  /// live, are taken out of URLs.
  static String of(String text) {
    String line = UNPRINTABLE.matcher(text).replaceAll(" ").strip();
    String anonymous = USER_INFO.matcher(line).replaceAll("://");
    String safe = QUERY.matcher(anonymous).replaceAll("$1");
    return safe.length() <= MAX_CHARACTERS ? safe : safe.substring(0, MAX_CHARACTERS) + "…";
  }
}
