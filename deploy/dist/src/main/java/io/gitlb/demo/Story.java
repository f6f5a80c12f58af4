// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.git.LogEntry;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// What the demo prints: plain text in aligned columns, nothing after it was told to be silent.
final class Story {

  private static final int LABEL_WIDTH = 14;
  private static final int VERB_WIDTH = 11;
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintWriter out;
  private boolean silent;

  Story(PrintWriter out) {
    this.out = out;
  }

  /// A heading, with an empty line before it.
  void section(String title) {
    line("");
    line(title);
  }

  /// A label and what there is to know about it; more lines go under the first.
  void fact(String label, String first, String... more) {
    line("  " + pad(label, LABEL_WIDTH) + first);
    for (String next : more) {
      line("  " + pad("", LABEL_WIDTH) + next);
    }
  }

  /// One line of what happens.
  ///
  /// @param at time since the start of what is told
  void event(Duration at, String verb, String detail) {
    String seconds = String.format(Locale.ROOT, "%12.2f s", at.toNanos() / NANOS_PER_SECOND);
    line(seconds + "  " + pad(verb, VERB_WIDTH) + detail);
  }

  /// A further line of an event.
  void more(String detail) {
    line("  " + pad("", LABEL_WIDTH + VERB_WIDTH) + detail);
  }

  /// Commits as `git log` shows them: subject and trailers.
  void log(List<LogEntry> entries) {
    for (LogEntry entry : entries) {
      line("");
      line("  " + entry.id() + "  " + entry.subject());
      entry
          .trailers()
          .forEach(trailer -> line("              " + trailer.key() + ": " + trailer.value()));
    }
  }

  /// Any line.
  synchronized void line(String text) {
    if (!silent) {
      print(text);
    }
  }

  /// A line after which all others are dropped, except for the [#end].
  synchronized void hush(String text) {
    line(text);
    silent = true;
  }

  /// The last line of all.
  synchronized void end(String text) {
    print(text);
    silent = true;
  }

  private void print(String text) {
    out.println(text);
    out.flush();
  }

  private static String pad(String text, int width) {
    return text.length() >= width ? text + " " : text + " ".repeat(width - text.length());
  }
}
