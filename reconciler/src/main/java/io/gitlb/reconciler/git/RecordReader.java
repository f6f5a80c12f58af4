// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Conflict;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// Reads back what [io.gitlb.reconciler.ledger.RecordText] writes. Fields that it does not know,
/// from a newer version, are passed over.
final class RecordReader {

  private RecordReader() {}

  /// What a file of the ledger is.
  sealed interface Reading {}

  /// A record.
  record Read(AllocationRecord record) implements Reading {}

  /// None.
  ///
  /// @param why in words
  record Wrong(String why) implements Reading {}

  /// Reads one file.
  ///
  /// @param path must be the one that the record's address has
  static Reading read(String path, String text) {
    Optional<IpAddress> expected = RecordPath.parse(path);
    if (expected.isEmpty()) {
      return new Wrong("no record belongs at this path");
    }
    try {
      Optional<AllocationRecord> record = CanonicalRecord.read(text);
      if (record.isEmpty()) {
        record = YamlDocuments.readOne(path, text).map(RecordReader::record);
      }
      if (record.isEmpty()) {
        return new Wrong("not one YAML mapping");
      }
      return record.get().address().equals(expected.get())
          ? new Read(record.get())
          : new Wrong("it says address %s".formatted(record.get().address()));
    } catch (IllegalArgumentException | DateTimeException e) {
      return new Wrong(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }

  private static AllocationRecord record(YamlTree.Mapping mapping) {
    return new AllocationRecord(
        IpAddress.parse(text(mapping, "address")).orElseThrow(() -> wrong("address")),
        new PoolName(text(mapping, "pool")),
        holders(mapping),
        one(State.values(), State::text, text(mapping, "state")),
        one(Reason.values(), Reason::text, text(mapping, "reason")),
        Instant.parse(text(mapping, "since")),
        text(mapping, "configCommit"),
        mapping.mapping("conflict").map(RecordReader::conflict));
  }

  private static Conflict conflict(YamlTree.Mapping fields) {
    return new Conflict(
        MacAddress.parse(text(fields, "mac")).orElseThrow(() -> wrong("mac")),
        Instant.parse(text(fields, "seen")));
  }

  private static List<Holder> holders(YamlTree.Mapping mapping) {
    List<Holder> holders = new ArrayList<>();
    for (YamlTree item : mapping.items("holders")) {
      if (!(item instanceof YamlTree.Mapping holder)) {
        throw wrong("holders");
      }
      holders.add(
          new Holder(
              new ServiceRef(text(holder, "namespace"), text(holder, "name")),
              text(holder, "uid"),
              ports(holder),
              holder
                  .text("sharingKey")
                  .map(key -> new SharingKey(key, holder.text("backend").orElse("")))));
    }
    return holders;
  }

  private static List<String> ports(YamlTree.Mapping holder) {
    return holder.items("ports").stream()
        .map(
            item -> {
              if (item instanceof YamlTree.Scalar port) {
                return port.text();
              }
              throw wrong("ports");
            })
        .toList();
  }

  /// The value of an enumeration that is written so.
  static <T extends Enum<T>> T one(T[] values, Function<T, String> name, String text) {
    return Arrays.stream(values)
        .filter(value -> name.apply(value).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown %s '%s'"
                        .formatted(
                            values[0].getDeclaringClass().getSimpleName().toLowerCase(Locale.ROOT),
                            text)));
  }

  private static String text(YamlTree.Mapping mapping, String field) {
    return mapping.text(field).orElseThrow(() -> wrong(field));
  }

  private static IllegalArgumentException wrong(String field) {
    return new IllegalArgumentException("field '%s' is missing or wrong".formatted(field));
  }
}
