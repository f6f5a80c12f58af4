// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.reconciler.ledger.AllocationRecord.Conflict;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads what [RecordText] writes. Fields that it does not know are passed over, so that an older
/// version can read the ledger of a newer one.
public final class RecordReader {

  private RecordReader() {}

  /// Reads one file of the ledger.
  ///
  /// @param path where it lies; a record must lie where its address says
  /// @return empty when the text is not a record of that path
  public static Optional<AllocationRecord> read(String path, String text) {
    return YamlDocuments.readOne(path, text)
        .flatMap(RecordReader::record)
        .filter(record -> RecordPath.of(record.address()).equals(path));
  }

  /// Reads the text of a record on its own, as a speaker keeps it.
  ///
  /// @return empty when the text is not a record
  public static Optional<AllocationRecord> read(String text) {
    return YamlDocuments.readOne("record", text).flatMap(RecordReader::record);
  }

  private static Optional<AllocationRecord> record(YamlTree.Mapping mapping) {
    Optional<IpAddress> address = mapping.text("address").flatMap(IpAddress::parse);
    Optional<PoolName> pool = name(mapping, "pool").map(PoolName::new);
    Optional<State> state = byText(mapping, "state", State.values(), State::text);
    Optional<Reason> reason = byText(mapping, "reason", Reason.values(), Reason::text);
    Optional<Instant> since = mapping.text("since").flatMap(RecordReader::instant);
    Optional<String> commit = name(mapping, "configCommit");
    Optional<List<Holder>> holders = holders(mapping);
    Optional<Conflict> conflict = conflict(mapping);
    boolean complete =
        address.isPresent()
            && pool.isPresent()
            && state.isPresent()
            && reason.isPresent()
            && since.isPresent()
            && commit.isPresent()
            && holders.isPresent()
            && conflict.isPresent() == (state.get() == State.CONFLICTED);
    return complete
        ? Optional.of(
            new AllocationRecord(
                address.get(),
                pool.get(),
                holders.get(),
                state.get(),
                reason.get(),
                since.get(),
                commit.get(),
                conflict))
        : Optional.empty();
  }

  private static Optional<Conflict> conflict(YamlTree.Mapping mapping) {
    return mapping
        .mapping("conflict")
        .flatMap(
            fields ->
                fields
                    .text("mac")
                    .flatMap(MacAddress::parse)
                    .flatMap(
                        mac ->
                            fields
                                .text("seen")
                                .flatMap(RecordReader::instant)
                                .map(seen -> new Conflict(mac, seen))));
  }

  private static Optional<String> name(YamlTree.Mapping mapping, String key) {
    return mapping.text(key).filter(text -> !text.isEmpty());
  }

  private static <E> Optional<E> byText(
      YamlTree.Mapping mapping, String key, E[] values, Function<E, String> text) {
    return mapping
        .text(key)
        .flatMap(
            found ->
                Arrays.stream(values).filter(value -> text.apply(value).equals(found)).findFirst());
  }

  /// Records carry whole seconds.
  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text).truncatedTo(ChronoUnit.SECONDS));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  /// @return empty when there is none or one of them cannot be read
  private static Optional<List<Holder>> holders(YamlTree.Mapping mapping) {
    List<Holder> holders = new ArrayList<>();
    for (YamlTree item : mapping.items("holders")) {
      Optional<Holder> holder =
          item instanceof YamlTree.Mapping fields ? holder(fields) : Optional.empty();
      if (holder.isEmpty()) {
        return Optional.empty();
      }
      holders.add(holder.get());
    }
    return holders.isEmpty() ? Optional.empty() : Optional.of(holders);
  }

  private static Optional<Holder> holder(YamlTree.Mapping fields) {
    Optional<String> namespace = name(fields, "namespace");
    Optional<String> name = name(fields, "name");
    List<String> ports =
        fields.items("ports").stream()
            .flatMap(
                port ->
                    port instanceof YamlTree.Scalar scalar
                        ? Optional.of(scalar.text()).stream()
                        : Optional.<String>empty().stream())
            .toList();
    return namespace.isPresent() && name.isPresent()
        ? Optional.of(
            new Holder(
                new ServiceRef(namespace.get(), name.get()),
                fields.text("uid").orElse(""),
                ports,
                sharing(fields)))
        : Optional.empty();
  }

  private static Optional<SharingKey> sharing(YamlTree.Mapping fields) {
    return name(fields, "sharingKey")
        .map(key -> new SharingKey(key, fields.text("backend").orElse("")));
  }
}
