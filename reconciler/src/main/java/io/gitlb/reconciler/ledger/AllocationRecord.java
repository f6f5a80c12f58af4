// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One file of the ledger: an address and who has it.
///
/// @param pool the pool that it came from
/// @param holders sorted; more than one when the address is shared; the last ones when nobody has
///   it any more
/// @param state where in its life the allocation is
/// @param reason why this address
/// @param since when the state began, whole seconds
/// @param configCommit the config commit in force at that time, 40 hexadecimal digits
/// @param conflict who answers for the address on the link; there exactly while it is conflicted
public record AllocationRecord(
    IpAddress address,
    PoolName pool,
    List<Holder> holders,
    State state,
    Reason reason,
    Instant since,
    String configCommit,
    Optional<Conflict> conflict)
    implements Comparable<AllocationRecord> {

  public AllocationRecord {
    holders = holders.stream().sorted().toList();
    if (holders.isEmpty()) {
      throw new IllegalArgumentException("a record has at least one holder");
    }
    if (conflict.isPresent() != (state == State.CONFLICTED)) {
      throw new IllegalArgumentException(
          "a record names a conflict exactly when its state is conflicted");
    }
  }

  /// A record without a conflict.
  public AllocationRecord(
      IpAddress address,
      PoolName pool,
      List<Holder> holders,
      State state,
      Reason reason,
      Instant since,
      String configCommit) {
    this(address, pool, holders, state, reason, since, configCommit, Optional.empty());
  }

  /// The same with another beginning.
  public AllocationRecord withSince(Instant time) {
    return new AllocationRecord(
        address, pool, holders, state, reason, time, configCommit, conflict);
  }

  /// A stranger on the link who answers for the address (RFC 5227 section 2.1.1).
  ///
  /// @param mac whose
  /// @param seen when it was heard last, whole seconds
  public record Conflict(MacAddress mac, Instant seen) {}

  /// A Service that has the address.
  ///
  /// @param uid of the Service object
  /// @param ports as `TCP/80`, sorted
  /// @param sharing with whom it shares the address; empty: with nobody
  public record Holder(
      ServiceRef service, String uid, List<String> ports, Optional<SharingKey> sharing)
      implements Comparable<Holder> {

    public Holder {
      ports = ports.stream().sorted().toList();
    }

    /// A holder that shares with nobody.
    public Holder(ServiceRef service, String uid, List<String> ports) {
      this(service, uid, ports, Optional.empty());
    }

    @Override
    public int compareTo(Holder other) {
      return service.compareTo(other.service);
    }
  }

  /// Services whose keys are equal may share an address.
  ///
  /// @param key the annotation `allow-shared-ip`, not empty
  /// @param backend who answers: empty under policy Cluster, where any node reaches any pod; under
  ///   policy Local the namespace and the pod selector, as `namespace a=b,c=d`
  public record SharingKey(String key, String backend) {}

  /// Where in its life an allocation is.
  public enum State {
    /// Meant for the Service; speakers ask the link first whether somebody else answers for it.
    /// Neither announced nor in the Service's status.
    PROBING("probing"),
    /// Somebody else answers for it on the link; nobody is given it until a probe finds it free.
    CONFLICTED("conflicted"),
    /// The Service has it.
    ALLOCATED("allocated"),
    /// The Service has it although the definitions no longer give it; it is announced on.
    HELD("held"),
    /// The Service is gone or has another one; speakers are withdrawing it.
    RELEASING("releasing"),
    /// It waits for a Service of its last holder's name to come back; nobody else gets it.
    RETAINED("retained"),
    /// Free, but given only when no other is.
    RESTING("resting");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /// As the ledger writes it.
    public String text() {
      return text;
    }
  }

  /// Why a Service has this very address.
  public enum Reason {
    /// A PinnedIP gives it.
    PINNED("pinned"),
    /// The Service asks for it.
    REQUESTED("requested"),
    /// The lowest free address of the first pool that serves.
    AUTOMATIC("automatic"),
    /// The Service had it before the ledger knew.
    ADOPTED("adopted");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /// As the ledger writes it.
    public String text() {
      return text;
    }
  }

  @Override
  public int compareTo(AllocationRecord other) {
    return address.compareTo(other.address);
  }
}
