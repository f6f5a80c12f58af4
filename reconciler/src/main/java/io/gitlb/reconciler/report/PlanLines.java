// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.impact.Consequence;
import io.gitlb.reconciler.impact.Consequence.Holding;
import io.gitlb.reconciler.impact.Consequence.Kind;
import io.gitlb.reconciler.impact.OwnerChange;
import io.gitlb.reconciler.impact.PoolChange;
import io.gitlb.reconciler.impact.PoolChange.PoolUse;
import io.gitlb.reconciler.impact.RouteChange;
import io.gitlb.reconciler.impact.SessionChange;
import io.gitlb.reconciler.report.PlanReport.Direction;
import io.gitlb.reconciler.report.PlanReport.Ground;
import io.gitlb.reconciler.report.PlanReport.Knowledge;
import io.gitlb.reconciler.report.PlanReport.Revision;
import io.gitlb.schema.value.IpAddress;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/// Single facts of a plan in words, the same on a terminal and in a comment.
final class PlanLines {

  private PlanLines() {}

  /// What a Service has and gets.
  static String addresses(Consequence one) {
    return switch (one.kind()) {
      case LOSES -> Words.list(one.before()) + " → nothing";
      case MOVES -> Words.list(one.before()) + " → " + Words.list(one.after());
      case GAINS ->
          one.before().equals(one.after())
              ? Words.list(one.after()) + ", now announced"
              : Words.list(one.before()) + " → " + Words.list(one.after());
      case NOT_ANNOUNCED, HELD -> Words.list(one.concerned());
      case UNKNOWN, UNSEEN, STILL_HELD, RESTORED, KEEPS -> Words.list(one.before());
    };
  }

  /// Where the addresses are from and who announces them.
  static String holdings(Consequence one) {
    SortedSet<String> parts = new TreeSet<>();
    for (Holding holding : one.holdings()) {
      if (one.concerned().isEmpty() || one.concerned().contains(holding.address())) {
        parts.add(
            "from pool "
                + holding.pool()
                + " since "
                + Words.time(holding.since())
                + holding.announcer().map(node -> ", announced by " + node).orElse(""));
      }
    }
    return String.join("; ", parts);
  }

  /// What there is to know beside: why, and what comes next.
  static List<String> remarks(Consequence one) {
    List<String> remarks = new ArrayList<>();
    one.cause()
        .ifPresent(cause -> remarks.add(cause.message() + " (" + cause.reason().text() + ")"));
    switch (one.kind()) {
      case HELD, STILL_HELD -> {
        remarks.add("announced on as before until an Approval lets it go");
        remarks.add("once approved: " + afterApproval(one));
      }
      case UNKNOWN ->
          remarks.add(
              "no facts of this Service, and something that its address depends on changes");
      case LOSES, MOVES, NOT_ANNOUNCED, UNSEEN, GAINS, RESTORED, KEEPS -> {}
    }
    return remarks;
  }

  private static String afterApproval(Consequence one) {
    SortedSet<IpAddress> gone = new TreeSet<>(one.before());
    gone.removeAll(one.approved());
    SortedSet<IpAddress> added = new TreeSet<>(one.approved());
    added.removeAll(one.before());
    if (gone.isEmpty()) {
      return Words.list(one.approved()) + " is not announced as before any more";
    }
    return added.isEmpty()
        ? "loses " + Words.list(gone)
        : "moves from " + Words.list(gone) + " to " + Words.list(added);
  }

  /// Whether the pool is worth a line.
  static boolean isChanged(PoolChange pool) {
    return pool.document() == PoolChange.Document.CHANGED || !pool.before().equals(pool.after());
  }

  static String size(PoolChange pool) {
    return change(pool, PoolUse::size);
  }

  static String used(PoolChange pool) {
    return change(pool, PoolUse::used);
  }

  static String free(PoolChange pool) {
    return change(pool, PoolUse::free);
  }

  private static String change(PoolChange pool, Function<PoolUse, BigInteger> value) {
    String before = pool.before().map(value).map(PlanLines::number).orElse("-");
    String after = pool.after().map(value).map(PlanLines::number).orElse("-");
    return before.equals(after) ? after : before + " → " + after;
  }

  /// Nobody reads 39 digits.
  private static String number(BigInteger number) {
    return number.bitLength() <= 40 ? number.toString() : "2^" + (number.bitLength() - 1);
  }

  static String owner(OwnerChange change) {
    return change.address() + ": " + name(change.before()) + " → " + name(change.after());
  }

  private static String name(Optional<?> node) {
    return node.map(Object::toString).orElse("nobody");
  }

  static String route(RouteChange change) {
    String what = change.prefix() + " to " + change.peer() + ": " + change.kind().text();
    return switch (change.kind()) {
      case WITHDRAWN -> what + ", by " + Words.list(change.before());
      case ADDED -> what + ", by " + Words.list(change.after());
      case OTHER_NODES ->
          what + ", " + Words.list(change.before()) + " → " + Words.list(change.after());
      case OTHER_ATTRIBUTES -> what + ", by " + Words.list(change.after());
    };
  }

  static String session(SessionChange change) {
    return change.peer()
        + ": "
        + change.kind().text()
        + " on "
        + (change.nodes().size() > 5
            ? Words.count(change.nodes().size(), "node")
            : Words.list(change.nodes()));
  }

  /// What everything was worked out from, key and value.
  static List<List<String>> ground(Ground ground) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("base", revision(ground.base())));
    rows.add(
        List.of(
            ground.direction() == Direction.REVERT ? "back to" : "head", revision(ground.head())));
    rows.add(List.of("ledger", ground.ledger().map(PlanLines::revision).orElse("none")));
    rows.add(
        List.of(
            "cluster",
            switch (ground.knowledge()) {
              case Knowledge.Live live -> "live, at " + Words.time(live.at());
              case Knowledge.Remembered remembered ->
                  "facts on the ledger branch, as of " + Words.time(remembered.asOf());
              case Knowledge.Nothing _ ->
                  "no facts on the ledger branch: what becomes of Services is not known";
            }));
    rows.add(List.of("tool", ground.tool()));
    return rows;
  }

  private static String revision(Revision revision) {
    return revision.shortly() + " (" + revision.name() + ", " + Words.time(revision.at()) + ")";
  }

  /// Those that people are shown one by one.
  static boolean isListed(Kind kind) {
    return switch (kind) {
      case LOSES, MOVES, NOT_ANNOUNCED, HELD, UNKNOWN, STILL_HELD, GAINS, RESTORED -> true;
      case UNSEEN, KEEPS -> false;
    };
  }
}
