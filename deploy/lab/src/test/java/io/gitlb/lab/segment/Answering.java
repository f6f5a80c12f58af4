// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.lab.segment.Observer.Sight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the sights of one address say about it: when nobody answered and when two did.
public final class Answering {

  /// Answers to one question come within this time; then its mark is used again.
  private static final long TOGETHER = Duration.ofMillis(100).toNanos();

  private Answering() {}

  /// A stretch of time.
  ///
  /// @param from as [System#nanoTime]
  public record Span(long from, long to) {

    /// How long it is.
    public Duration length() {
      return Duration.ofNanos(to - from);
    }

    /// Its parts, cut at those of these moments that lie in it.
    ///
    /// @param moments by time
    public List<Span> cutAt(List<Long> moments) {
      List<Span> parts = new ArrayList<>();
      long begin = from;
      for (long moment : moments) {
        if (moment > begin && moment < to) {
          parts.add(new Span(begin, moment));
          begin = moment;
        }
      }
      parts.add(new Span(begin, to));
      return parts;
    }

    /// Whether the two have a moment in common.
    public boolean overlaps(Span other) {
      return from < other.to && other.from < to;
    }
  }

  /// When nobody answered for longer than `limit`.
  ///
  /// @param sights of one address, by time
  /// @param whole what was watched
  public static List<Span> silences(List<Sight> sights, Span whole, Duration limit) {
    List<Span> silences = new ArrayList<>();
    long last = whole.from();
    for (Sight sight : sights) {
      if (!sight.gratuitous()) {
        addLonger(silences, new Span(last, sight.nanos()), limit);
        last = sight.nanos();
      }
    }
    addLonger(silences, new Span(last, whole.to()), limit);
    return silences;
  }

  private static void addLonger(List<Span> spans, Span span, Duration limit) {
    if (span.length().compareTo(limit) > 0) {
      spans.add(span);
    }
  }

  /// When two hosts answered the same question. Moments that are less than `joins` apart are one
  /// span.
  ///
  /// @param sights of one address, by time
  public static List<Span> doubles(List<Sight> sights, Duration joins) {
    List<Span> doubles = new ArrayList<>();
    Map<Integer, Sight> answered = new HashMap<>();
    for (Sight sight : sights) {
      if (sight.gratuitous()) {
        continue;
      }
      Sight before = answered.put(sight.question(), sight);
      if (before != null
          && sight.nanos() - before.nanos() < TOGETHER
          && !sight.mac().equals(before.mac())) {
        join(doubles, new Span(before.nanos(), sight.nanos()), joins);
      }
    }
    return doubles;
  }

  private static void join(List<Span> spans, Span next, Duration joins) {
    if (!spans.isEmpty() && next.from() - spans.getLast().to() <= joins.toNanos()) {
      Span before = spans.removeLast();
      spans.add(new Span(before.from(), next.to()));
    } else {
      spans.add(next);
    }
  }
}
