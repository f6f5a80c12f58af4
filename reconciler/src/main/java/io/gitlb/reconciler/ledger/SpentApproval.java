// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The file of the ledger that says that an Approval took effect, so that it does so once.
///
/// @param name of the Approval
/// @param digest of what it released
/// @param at when, whole seconds
/// @param configCommit the config commit that it stood in
/// @param reason the Approval's
/// @param released what it released, sorted, at least one
public record SpentApproval(
    String name,
    String digest,
    Instant at,
    String configCommit,
    String reason,
    List<Released> released) {

  private static final String FOLDER = "approvals/";
  private static final String ENDING = ".yaml";

  public SpentApproval {
    at = at.truncatedTo(ChronoUnit.SECONDS);
    released = List.copyOf(released);
  }

  /// An address that a Service was held.
  public record Released(IpAddress address, ServiceRef service) {}

  /// Where the file of an Approval lies.
  public static String path(String name) {
    return FOLDER + name + ENDING;
  }

  /// Whether a file of the ledger is one of these.
  public static boolean isPath(String path) {
    return path.startsWith(FOLDER) && path.endsWith(ENDING);
  }

  /// The whole file, ending in a line feed; the same bytes for the same content.
  public String write() {
    StringBuilder text = new StringBuilder();
    text.append("approval: ").append(YamlScalar.quoted(name)).append('\n');
    text.append("digest: ").append(YamlScalar.quoted(digest)).append('\n');
    text.append("at: ").append(YamlScalar.quoted(at.toString())).append('\n');
    text.append("configCommit: ").append(YamlScalar.quoted(configCommit)).append('\n');
    text.append("reason: ").append(YamlScalar.quoted(reason)).append('\n');
    text.append("released:\n");
    for (Released one : released) {
      text.append("  - address: ").append(YamlScalar.quoted(one.address().toString()));
      text.append("\n    service: ").append(YamlScalar.quoted(one.service().toString()));
      text.append('\n');
    }
    return text.toString();
  }

  /// Reads what [#write] wrote.
  ///
  /// @return empty when the text is not such a file of that path
  public static Optional<SpentApproval> read(String path, String text) {
    return YamlDocuments.readOne(path, text)
        .flatMap(SpentApproval::read)
        .filter(spent -> path(spent.name()).equals(path));
  }

  private static Optional<SpentApproval> read(YamlTree.Mapping mapping) {
    Optional<String> name = mapping.text("approval");
    Optional<String> digest = mapping.text("digest");
    Optional<Instant> at = mapping.text("at").flatMap(SpentApproval::instant);
    return name.isPresent() && digest.isPresent() && at.isPresent()
        ? Optional.of(
            new SpentApproval(
                name.get(),
                digest.get(),
                at.get(),
                mapping.text("configCommit").orElse(""),
                mapping.text("reason").orElse(""),
                released(mapping)))
        : Optional.empty();
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  private static List<Released> released(YamlTree.Mapping mapping) {
    List<Released> released = new ArrayList<>();
    for (YamlTree item : mapping.items("released")) {
      if (item instanceof YamlTree.Mapping fields) {
        Optional<IpAddress> address = fields.text("address").flatMap(IpAddress::parse);
        Optional<ServiceRef> service = fields.text("service").flatMap(ServiceRef::parse);
        if (address.isPresent() && service.isPresent()) {
          released.add(new Released(address.get(), service.get()));
        }
      }
    }
    return released;
  }
}
