// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.ledger.AddressHistory;
import io.gitlb.reconciler.ledger.AddressHistory.Content;
import io.gitlb.reconciler.ledger.AddressHistory.Period;
import io.gitlb.reconciler.ledger.AddressHistory.Recorded;
import io.gitlb.reconciler.ledger.AddressHistory.Removed;
import io.gitlb.reconciler.ledger.AddressHistory.Step;
import io.gitlb.reconciler.ledger.AddressHistory.Unreadable;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.ServiceHistory;
import io.gitlb.reconciler.ledger.ServiceHistory.Spell;
import io.gitlb.reconciler.report.JsonText.Members;
import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The history of an address or a Service for programs: one object whose `periods` are sorted,
/// oldest first. Each says `from` when `until` when (null: still) a commit was the last word, and
/// what its record says; `state` is `free` without a record and `unreadable` for a file that is
/// none.
public final class HistoryJson {

  private HistoryJson() {}

  /// Which ledger was read.
  ///
  /// @param branch short
  /// @param head 40 hexadecimal digits
  public record Source(String branch, String head) {}

  /// Everything about an address.
  public static String write(AddressHistory history, Source source) {
    return address(history, source, Optional.empty(), history.periods());
  }

  /// Who had an address at a moment: at most one period.
  public static String write(AddressHistory history, Source source, Instant at) {
    return address(history, source, Optional.of(at), history.at(at).stream().toList());
  }

  /// Every address that a Service had.
  public static String write(ServiceHistory history, Source source) {
    return service(history, source, Optional.empty(), history.spells());
  }

  /// Which addresses a Service had at a moment.
  public static String write(ServiceHistory history, Source source, Instant at) {
    return service(history, source, Optional.of(at), history.at(at));
  }

  private static String address(
      AddressHistory history, Source source, Optional<Instant> at, List<Period> periods) {
    return JsonText.write(
        document("address", history.address(), source, at)
            .put("periods", periods.stream().map(p -> period(history.address(), p)).toList()));
  }

  private static String service(
      ServiceHistory history, Source source, Optional<Instant> at, List<Spell> spells) {
    return JsonText.write(
        document("service", history.service(), source, at)
            .put("periods", spells.stream().map(s -> period(s.address(), s.period())).toList()));
  }

  private static Members document(String asked, Object value, Source source, Optional<Instant> at) {
    Members document =
        new Members().put(asked, value).put("branch", source.branch()).put("head", source.head());
    at.ifPresent(moment -> document.put("at", moment));
    return document;
  }

  private static Members period(IpAddress address, Period period) {
    Step step = period.step();
    Members members =
        new Members()
            .put("from", period.from())
            .put("until", period.until())
            .put("address", address)
            .put("state", state(step.content()))
            .put("commit", step.commit())
            .put("committed", step.committed())
            .put("by", step.by())
            .put("subject", step.subject())
            .put("action", step.action());
    if (step.content() instanceof Recorded(AllocationRecord record)) {
      members
          .put("owned", HistoryWords.isOwned(record.state()))
          .put("services", record.holders().stream().map(HistoryJson::holder).toList())
          .put("pool", record.pool())
          .put("reason", record.reason().text())
          .put("configCommit", record.configCommit());
      record.conflict().ifPresent(conflict -> members.put("conflict", conflict.mac().toString()));
    }
    return members;
  }

  private static Members holder(AllocationRecord.Holder holder) {
    return new Members()
        .put("service", holder.service())
        .put("uid", holder.uid())
        .put("ports", holder.ports());
  }

  private static String state(Content content) {
    return switch (content) {
      case Recorded(AllocationRecord record) -> record.state().text();
      case Removed _ -> "free";
      case Unreadable _ -> "unreadable";
    };
  }
}
