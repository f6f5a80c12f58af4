// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Conflict;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.RecordText;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/// The short way to read a record: line by line, in the very form that [RecordText] writes. At the
/// start of a process it takes a tenth of the time of the YAML library, and ledgers have thousands
/// of records.
///
/// It need not be careful: what it read counts only when writing it again gives the same text.
final class CanonicalRecord {

  private final Iterator<String> lines;
  private String line = "";

  private CanonicalRecord(String text) {
    lines = text.lines().iterator();
  }

  /// @return empty when the text is not in that form; it may be a record all the same
  static Optional<AllocationRecord> read(String text) {
    try {
      AllocationRecord record = new CanonicalRecord(text).record();
      return RecordText.write(record).equals(text) ? Optional.of(record) : Optional.empty();
    } catch (IllegalArgumentException | NoSuchElementException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private AllocationRecord record() {
    IpAddress address = IpAddress.parse(field("address: ")).orElseThrow();
    PoolName pool = new PoolName(field("pool: "));
    State state = RecordReader.one(State.values(), State::text, field("state: "));
    Reason reason = RecordReader.one(Reason.values(), Reason::text, field("reason: "));
    Instant since = Instant.parse(field("since: "));
    String configCommit = field("configCommit: ");
    advance();
    Optional<Conflict> conflict = conflict();
    value("holders:");
    return new AllocationRecord(
        address, pool, holders(), state, reason, since, configCommit, conflict);
  }

  private Optional<Conflict> conflict() {
    if (!line.equals("conflict:")) {
      return Optional.empty();
    }
    MacAddress mac = MacAddress.parse(field("  mac: ")).orElseThrow();
    Conflict conflict = new Conflict(mac, Instant.parse(field("  seen: ")));
    advance();
    return Optional.of(conflict);
  }

  private List<Holder> holders() {
    List<Holder> holders = new ArrayList<>();
    advance();
    while (!line.isEmpty()) {
      String namespace = value("  - namespace: ");
      String name = field("    name: ");
      String uid = field("    uid: ");
      advance();
      Optional<SharingKey> sharing = sharing();
      holders.add(new Holder(new ServiceRef(namespace, name), uid, ports(), sharing));
    }
    return holders;
  }

  private Optional<SharingKey> sharing() {
    if (!line.startsWith("    sharingKey: ")) {
      return Optional.empty();
    }
    String key = value("    sharingKey: ");
    SharingKey sharing = new SharingKey(key, field("    backend: "));
    advance();
    return Optional.of(sharing);
  }

  private List<String> ports() {
    List<String> ports = new ArrayList<>();
    if (line.equals("    ports:")) {
      advance();
      while (line.startsWith("      - ")) {
        ports.add(value("      - "));
        advance();
      }
    }
    return ports;
  }

  private void advance() {
    line = lines.hasNext() ? lines.next() : "";
  }

  private String field(String start) {
    advance();
    return value(start);
  }

  /// What follows on the present line. Escapes are left to the long way.
  private String value(String start) {
    if (!line.startsWith(start) || line.indexOf('\\') >= 0) {
      throw new NoSuchElementException(start);
    }
    String value = line.substring(start.length());
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
