// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import static java.util.stream.Collectors.joining;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.model.Approval;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What an Approval would do, in one number: it releases what it names only when its digest is that
/// of exactly this.
///
/// Two sides compute it and must agree: `gitlb plan`, from the records as they will be once the
/// change is in force and nothing is approved, and the running reconciler, from the records as they
/// are. Each takes the records that are held and that the Approval names ([#heldIn]); every holder
/// of each is a line, `release 192.0.2.7 default/web`, the lines sorted by address and Service,
/// each ending in a line feed; the digest is the SHA-256 of that text as UTF-8.
public final class ApprovalDigest {

  private ApprovalDigest() {}

  /// One consequence: a Service is no longer held this address.
  public record Release(IpAddress address, ServiceRef service) implements Comparable<Release> {

    @Override
    public int compareTo(Release other) {
      int byAddress = address.compareTo(other.address);
      return byAddress != 0 ? byAddress : service.compareTo(other.service);
    }

    /// `192.0.2.7 default/web`.
    @Override
    public String toString() {
      return address + " " + service;
    }
  }

  /// The held records that an Approval of this change names, by address or by the pool that they
  /// were given from.
  ///
  /// @param records those of any state
  public static List<AllocationRecord> heldIn(
      Approval.Change change, Collection<AllocationRecord> records) {
    return records.stream()
        .filter(record -> record.state() == State.HELD)
        .filter(record -> names(change, record))
        .sorted()
        .toList();
  }

  private static boolean names(Approval.Change change, AllocationRecord record) {
    return change.pools().contains(record.pool())
        || change.addresses().stream().anyMatch(range -> range.contains(record.address()));
  }

  /// What releasing these records would do, sorted.
  public static List<Release> releases(Collection<AllocationRecord> held) {
    return held.stream()
        .flatMap(
            record ->
                record.holders().stream()
                    .map(holder -> new Release(record.address(), holder.service())))
        .sorted()
        .toList();
  }

  /// The digest of releasing these records: `sha256:` and 64 hexadecimal digits.
  ///
  /// @return empty when there is nothing to release
  public static Optional<String> of(Collection<AllocationRecord> held) {
    List<Release> releases = releases(held);
    return releases.isEmpty() ? Optional.empty() : Optional.of(digest(releases));
  }

  private static String digest(List<Release> releases) {
    String text = releases.stream().map(one -> "release " + one + "\n").collect(joining());
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
