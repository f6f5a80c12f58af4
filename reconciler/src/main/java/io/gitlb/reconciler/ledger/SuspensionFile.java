// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.yaml.YamlDocuments;
import java.util.Optional;

/// The file of the ledger that says that everything is suspended, so that a restart without the
/// config branch's remote does not end it.
///
/// @param configCommit the commit with the Suspension
/// @param reason the Suspension's
public record SuspensionFile(String configCommit, String reason) {

  /// Its path in the tree; there is one while a Suspension lasts.
  public static final String PATH = "guards/suspension.yaml";

  /// The whole file, ending in a line feed.
  public String write() {
    return "configCommit: "
        + YamlScalar.quoted(configCommit)
        + "\nreason: "
        + YamlScalar.quoted(reason)
        + "\n";
  }

  /// Reads what [#write] wrote.
  ///
  /// @return empty when the text is not such a file
  public static Optional<SuspensionFile> read(String text) {
    return YamlDocuments.readOne(PATH, text)
        .flatMap(
            mapping ->
                mapping
                    .text("configCommit")
                    .map(commit -> new SuspensionFile(commit, mapping.text("reason").orElse(""))));
  }
}
