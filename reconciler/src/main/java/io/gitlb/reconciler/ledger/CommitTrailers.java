// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The trailer block of a ledger commit, read back.
///
/// @param changes in the order of the message
/// @param effectiveAt when it was made, when its date is not that
public record CommitTrailers(
    List<Change> changes,
    Optional<String> configCommit,
    Optional<String> operationId,
    OptionalLong epoch,
    Optional<Instant> effectiveAt) {

  static final String ADDRESS = "Address";
  static final String SERVICE = "Service";
  static final String POOL = "Pool";
  static final String ACTION = "Action";
  static final String REASON = "Reason";
  static final String EVENT = "Event";
  static final String FILE = "File";
  static final String CONFIG_COMMIT = "Config-Commit";
  static final String OPERATION_ID = "Operation-Id";
  static final String EPOCH = "Epoch";
  static final String EFFECTIVE_AT = "Effective-At";

  public CommitTrailers {
    changes = List.copyOf(changes);
  }

  /// One change as the trailers tell it.
  ///
  /// @param pool its name
  /// @param action as the trailer writes it
  /// @param reason as the trailer writes it
  public record Change(
      IpAddress address, List<ServiceRef> services, String pool, String action, String reason) {

    public Change {
      services = List.copyOf(services);
    }
  }

  /// Reads the last paragraph of a commit message.
  ///
  /// @return all empty when the paragraph is not a block of trailers; lines that are not ours, such
  ///   as a sign-off, are passed over
  public static CommitTrailers parse(String message) {
    String[] paragraphs = message.strip().split("\n\\s*\n");
    Reading reading = new Reading();
    for (String line : paragraphs[paragraphs.length - 1].split("\n")) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        reading.accept(line.substring(0, colon), line.substring(colon + 2).strip());
      }
    }
    return reading.finish();
  }

  /// Collects the lines of one block.
  private static final class Reading {

    private final List<Change> changes = new ArrayList<>();
    private Optional<IpAddress> address = Optional.empty();
    private final List<ServiceRef> services = new ArrayList<>();
    private String pool = "";
    private String action = "";
    private Optional<String> configCommit = Optional.empty();
    private Optional<String> operationId = Optional.empty();
    private OptionalLong epoch = OptionalLong.empty();
    private Optional<Instant> effectiveAt = Optional.empty();

    void accept(String key, String value) {
      switch (key) {
        case ADDRESS -> address = IpAddress.parse(value);
        case SERVICE -> ServiceRef.parse(value).ifPresent(services::add);
        case POOL -> pool = value;
        case ACTION -> action = value;
        case REASON -> endChange(value);
        case CONFIG_COMMIT -> configCommit = Optional.of(value);
        case OPERATION_ID -> operationId = Optional.of(value);
        case EPOCH -> epoch = parseEpoch(value);
        case EFFECTIVE_AT -> effectiveAt = parseTime(value);
        default -> {
          // Somebody else's trailer.
        }
      }
    }

    private void endChange(String reason) {
      address.ifPresent(found -> changes.add(new Change(found, services, pool, action, reason)));
      address = Optional.empty();
      services.clear();
      pool = "";
      action = "";
    }

    private static Optional<Instant> parseTime(String value) {
      try {
        return Optional.of(Instant.parse(value));
      } catch (DateTimeParseException _) {
        return Optional.empty();
      }
    }

    private static OptionalLong parseEpoch(String value) {
      try {
        return OptionalLong.of(Long.parseLong(value));
      } catch (NumberFormatException _) {
        return OptionalLong.empty();
      }
    }

    CommitTrailers finish() {
      return new CommitTrailers(changes, configCommit, operationId, epoch, effectiveAt);
    }
  }
}
